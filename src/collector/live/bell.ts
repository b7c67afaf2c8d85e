/** Something to wait on. A ring that nobody waits for is not kept: the ringer leaves its reason elsewhere. */
export interface Bell {
  ring(): void
  /** True when it rang, false when the time was over. One waiter at a time. */
  wait(timeoutMs: number): Promise<boolean>
}

export function createBell(): Bell {
  let wake: (rang: boolean) => void = () => {}
  return {
    ring: () => wake(true),
    wait(timeoutMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs, false)
        wake = (rang) => {
          clearTimeout(timer)
          resolve(rang)
        }
      })
    },
  }
}
