import type { EventQueue } from './queue'

type WaitUntil = (promise: Promise<unknown>) => void

/** Gives an edge runtime one flush for all calls that are made in a row; timers may not run there after the answer. */
export function createWaitUntil(queue: Pick<EventQueue, 'flush'>): (waitUntil: WaitUntil | undefined) => void {
  const waiting = new Set<WaitUntil>()
  return (waitUntil) => {
    if (!waitUntil || waiting.has(waitUntil)) return
    waiting.add(waitUntil)
    const flushed = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => {
      waiting.delete(waitUntil)
      return queue.flush()
    })
    waitUntil(flushed)
  }
}
