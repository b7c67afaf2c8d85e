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
  /** Null before the first event. */
  current(): EventSession | null
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
      if (session && Math.abs(nowMs - lastMs) < intervalMs) return session
      const [, storedId, storedNumber, storedStart, storedLast] = format.exec(`${storage.getItem(SESSION_KEY)}`) ?? []
      let { id, number, start } = session ?? { id: '', number: 0, start: 0 }
      if (storedId) {
        id = storedId
        number = Number(storedNumber)
        start = parseInt(storedStart as string, 36)
        lastMs = parseInt(storedLast as string, 36)
      }
      const isOver = Math.abs(nowMs - lastMs) > timeoutMs || !id
      const isFresh = !isOver && Math.abs(nowMs - lastMs) < intervalMs
      if (isOver) {
        id = newId()
        number++
        start = nowMs
      }
      if (!isFresh) {
        lastMs = nowMs
        storage.setItem(SESSION_KEY, [1, id, number, start.toString(36), nowMs.toString(36)].join('.'))
      }
      if (session?.id !== id) session = { id, number, start }
      if (isOver) started(session)
      return session
    },
    current: () => session,
    forget() {
      session = null
      lastMs = 0
    },
  }
}
