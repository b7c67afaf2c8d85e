import { setTimeout as sleep } from 'node:timers/promises'
import type { AppendOutcome, AppendResult } from '../store'
import type { Append } from './append'

export type Attempt =
  | { status: 'committed'; outcomes: AppendOutcome[][] }
  /** Another process writes just now. */
  | { status: 'locked' }
  | { status: 'failed'; reason: string }
  /** Nothing can be stored now, whatever it is. */
  | { status: 'unreachable'; reason: string }

export interface GroupCommitOptions {
  /** One transaction for all of these. */
  commit(appends: readonly Append[]): Promise<Attempt>
  /** How long an append waits for another process. */
  lockWaitMs: number
}

export interface GroupCommit {
  append(append: Append): Promise<AppendResult>
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>
}

interface Waiting {
  append: Append
  deadline: number
  resolve(result: AppendResult): void
}

/** Small enough that the next requests are decoded while a group is being committed; a larger one lets them alternate. */
const maxGroupEvents = 400
const lockRetryMs = 20
/** Bounds the memory while a lock is waited for. */
const maxWaitingEvents = 50_000

/** Appends that come while another is being committed share the next transaction, and so one fsync. */
export function createGroupCommit({ commit, lockWaitMs }: GroupCommitOptions): GroupCommit {
  const queue: Waiting[] = []
  let waitingEvents = 0
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    while (queue.length > 0) {
      // Requests that arrived together get their turn to join.
      await new Promise((resolve) => setImmediate(resolve))
      const group = queue.slice(0, groupLength(queue))
      const attempt = await commit(group.map(({ append }) => append))
      if (attempt.status === 'locked') {
        giveUpLate()
        await sleep(lockRetryMs)
      } else if (attempt.status === 'failed' && group.length > 1) {
        // One append that the schema refuses must not take the others along.
        for (const waiting of group) settle([waiting], await commit([waiting.append]))
      } else {
        settle(group, attempt)
      }
    }
    // In the same turn as the check above: an append that comes later must find that nothing is running.
    running = null
  }

  function settle(group: readonly Waiting[], attempt: Attempt): void {
    if (attempt.status === 'locked') return
    for (const [index, waiting] of group.entries()) finish(waiting, resultOf(attempt, index))
  }

  function giveUpLate(): void {
    const late = queue.filter(({ deadline }) => deadline <= performance.now())
    for (const waiting of late) finish(waiting, unavailable('another process keeps the file locked'))
  }

  function finish(waiting: Waiting, result: AppendResult): void {
    queue.splice(queue.indexOf(waiting), 1)
    waitingEvents -= waiting.append.events.length
    waiting.resolve(result)
  }

  return {
    append(append) {
      if (waitingEvents + append.events.length > maxWaitingEvents && queue.length > 0) {
        return Promise.resolve(unavailable('too many events are waiting for the disk'))
      }
      return new Promise((resolve) => {
        queue.push({ append, deadline: performance.now() + lockWaitMs, resolve })
        waitingEvents += append.events.length
        running ??= run()
      })
    },
    async drain() {
      while (running) await running
    },
  }
}

function resultOf(attempt: Exclude<Attempt, { status: 'locked' }>, index: number): AppendResult {
  if (attempt.status !== 'committed') return unavailable(attempt.reason)
  return { status: 'committed', outcomes: attempt.outcomes[index] ?? [] }
}

function unavailable(reason: string): AppendResult {
  return { status: 'unavailable', reason }
}

function groupLength(queue: readonly Waiting[]): number {
  let events = 0
  let length = 0
  for (const { append } of queue) {
    events += append.events.length
    if (length > 0 && events > maxGroupEvents) break
    length++
  }
  return length
}
