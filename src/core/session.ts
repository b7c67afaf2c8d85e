import { CAMPAIGN_KEY, SESSION_KEY } from './constants'
import type { EventSession } from './event'
import type { ClientOptions } from './options'
import type { Platform } from './platform'

/**
 * Activity is written down at most this often: a burst of calls costs one cookie write, and 10 s are
 * 0.6 % of the default timeout, which is how much earlier than due a visit may end.
 */
const WRITE_INTERVAL_MS = 10_000

/** `1.<id>.<number>.<start>.<last activity>`, times in base 36 milliseconds; docs/cookies.md. */
export const sessionFormat = /^1\.([\w-]{1,64})\.([1-9]\d{0,8})\.([\da-z]{1,9})\.([\da-z]{1,9})$/

export interface Session {
  /** The visit that the present moment belongs to; null where the last is over. */
  current(): EventSession | null
  /** The same, but starts a new one where the last is over. */
  touch(): EventSession
  /** A page was entered by a campaign: if it is another than that of the visit, the visit is over for all tabs. */
  arrive(campaign: object): void
  /** Forgets what this page knows: another tab may know better. */
  forget(): void
}

/** Visits that all tabs share through storage. Foreign or damaged text there counts as none. */
export const createSession = (
  { storage, now, id: newId }: Pick<Platform, 'storage' | 'now' | 'id'>,
  { sessionTimeoutMs, sessionAtMidnight }: Pick<ClientOptions, 'sessionAtMidnight'> & { sessionTimeoutMs: number },
  started: (session: EventSession) => void,
): Session => {
  let session: EventSession | null = null
  let lastMs = 0
  const intervalMs = Math.min(WRITE_INTERVAL_MS, sessionTimeoutMs)
  // Distances, not differences: a clock set back must neither keep a visit alive for ever nor end one after another.
  const idleMs = () => Math.abs(now() - lastMs)
  const dayOf = (ms: number) => new Date(ms).toDateString()
  const write = (known: EventSession) => {
    const times = [known.start, lastMs].map((ms) => ms.toString(36))
    storage.setItem(SESSION_KEY, [1, known.id, known.number, ...times].join('.'))
  }

  const isOver = () =>
    !session || idleMs() > sessionTimeoutMs || (sessionAtMidnight && dayOf(session.start) !== dayOf(now()))

  function current() {
    if (isOver() || idleMs() >= intervalMs) {
      const [, id, number, start, last] = sessionFormat.exec(`${storage.getItem(SESSION_KEY)}`) ?? []
      if (id) {
        if (session?.id !== id) session = { id, number: Number(number), start: parseInt(start as string, 36) }
        lastMs = parseInt(last as string, 36)
      }
    }
    return isOver() ? null : session
  }

  return {
    current,
    touch() {
      const known = current()
      const touched = known ?? { id: newId(), number: Math.min((session?.number ?? 0) + 1, 999_999_999), start: now() }
      session = touched
      if (!known || idleMs() >= intervalMs) {
        lastMs = now()
        write(touched)
      }
      if (!known) started(touched)
      return touched
    },
    arrive(campaign) {
      const text = JSON.stringify(campaign)
      if (storage.getItem(CAMPAIGN_KEY) === text) return
      storage.setItem(CAMPAIGN_KEY, text)
      const known = current()
      // Written down, so that it is over although this page may never have an event.
      lastMs = 0
      if (known) write(known)
    },
    forget() {
      session = null
    },
  }
}
