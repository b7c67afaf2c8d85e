import { SESSION_KEY } from './constants'
import type { EventSession } from './event'
import type { KeyValueStorage } from './platform'

/**
 * Activity is written down at most this often: a burst of calls costs one cookie write, and 10 s are
 * 0.6 % of the default timeout, which is how much earlier than due a visit may end.
 */
const WRITE_INTERVAL_MS = 10_000

/** `1.<id>.<number>.<start>.<last activity>`, times in base 36 milliseconds; docs/cookies.md. */
const format = /^1\.([\w-]{1,64})\.([1-9]\d{0,8})\.([\da-z]{1,9})\.([\da-z]{1,9})$/

export interface Session {
  /** The visit that the present moment belongs to; starts a new one where the last is over. */
  touch(): EventSession
  /** Forgets what this page knows: another tab may know better. */
  forget(): void
}

/** Visits that all tabs share through storage. Foreign or damaged text there counts as none. */
export function createSession(
  storage: KeyValueStorage,
  now: () => number,
  newId: () => string,
  timeoutMs: number,
  started: (session: EventSession) => void,
): Session {
  let session: EventSession | null = null
  let lastMs = 0
  const intervalMs = Math.min(WRITE_INTERVAL_MS, timeoutMs)

  return {
    touch() {
      const nowMs = now()
      // Distances, not differences: a clock set back must neither keep a visit alive for ever nor end one after another.
      const idleMs = () => Math.abs(nowMs - lastMs)
      if (session && idleMs() < intervalMs) return session
      const [, id, number, start, last] = format.exec(`${storage.getItem(SESSION_KEY)}`) ?? []
      if (id) {
        if (session?.id !== id) session = { id, number: Number(number), start: parseInt(start as string, 36) }
        lastMs = parseInt(last as string, 36)
      }
      const isOver = !session || idleMs() > timeoutMs
      if (!session || isOver) session = { id: newId(), number: (session?.number ?? 0) + 1, start: nowMs }
      if (isOver || idleMs() >= intervalMs) {
        lastMs = nowMs
        const times = [session.start, nowMs].map((ms) => ms.toString(36))
        storage.setItem(SESSION_KEY, [1, session.id, session.number, ...times].join('.'))
      }
      if (isOver) started(session)
      return session
    },
    forget() {
      session = null
    },
  }
}
