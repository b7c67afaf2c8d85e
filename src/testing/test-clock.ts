/** 2026-01-01T00:00:00.000Z */
export const START_MS = Date.UTC(2026, 0, 1)

/** The suite itself needs some thousands. */
const MAX_TIMERS = 10_000

export interface TestClock {
  now(): number
  setTimer(callback: () => void, delayMs: number): () => void
  /** Runs the timers that fall due, in order, and lets promises run after each. */
  advance(durationMs: number): Promise<void>
}

/** `awaitWork` ends when what takes real time has ended, and says whether there was any. */
export const createTestClock = (awaitWork: () => Promise<boolean>): TestClock => {
  /** Enough turns for any chain of promises that a transport may build. */
  const settle = async (): Promise<void> => {
    do for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    while (await awaitWork())
  }
  const timers = new Set<{ atMs: number; callback: () => void }>()
  let nowMs = START_MS
  const next = () => [...timers].sort((a, b) => a.atMs - b.atMs)[0]
  return {
    now: () => nowMs,
    setTimer(callback, delayMs) {
      const timer = { atMs: nowMs + delayMs, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(durationMs) {
      const endMs = nowMs + durationMs
      let timersLeft = MAX_TIMERS
      await settle()
      for (let timer = next(); timer && timer.atMs <= endMs; timer = next()) {
        if (!timersLeft--) throw new Error('the host never comes to rest: are partition and lane pure?')
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.atMs)
        timer.callback()
        await settle()
      }
      nowMs = endMs
    },
  }
}
