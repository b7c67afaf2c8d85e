/** Steps of a call. What they yield is a promise to be waited for, that never rejects. */
export type Steps<Result = void> = Generator<Promise<unknown>, Result, unknown>

export interface CallQueue {
  /** Runs the job now, or when the job that runs now is over: a call made inside a hook waits for its turn. */
  enqueue(job: () => void): void
  /** Until then jobs only wait. From now on the next one, or the end of the running script, sets them off. */
  open(): void
}

export const createCallQueue = (): CallQueue => {
  const waiting: (() => void)[] = []
  let busy = true
  const drain = () => {
    while (!busy && waiting[0]) {
      busy = true
      try {
        waiting.shift()?.()
      } finally {
        busy = false
      }
    }
  }
  return {
    enqueue(job) {
      waiting.push(job)
      drain()
    },
    open() {
      busy = false
      Promise.resolve().then(drain)
    },
  }
}

/**
 * Runs the steps at once as far as nothing has to be waited for, and the rest as jobs of their own.
 * So a path of synchronous hooks from the call to the transport is over when the call returns.
 */
export const drive = (steps: Steps, enqueue: CallQueue['enqueue'], input?: unknown): void => {
  const { done, value } = steps.next(input)
  if (!done) value.then((result) => enqueue(() => drive(steps, enqueue, result)))
}
