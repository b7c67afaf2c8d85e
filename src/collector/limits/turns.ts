export interface TurnsOptions {
  /** How many may work at the same time. */
  maxRunning: number
  /** How many may wait for them. */
  maxWaiting: number
}

/** Does the work as soon as it is its turn; null where too many wait already. */
export type Turns = <Value>(work: () => Promise<Value>) => Promise<Value> | null

/** Bounds how much is done at the same time, first come, first served. */
export function createTurns({ maxRunning, maxWaiting }: TurnsOptions): Turns {
  const waiting: (() => void)[] = []
  let running = 0

  async function run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (running < maxRunning) running++
    // Whoever ends hands the turn on, so that nobody who comes in between can take it.
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return (work) => (running === maxRunning && waiting.length >= maxWaiting ? null : run(work))
}
