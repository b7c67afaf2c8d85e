import type { Log } from './log'
import type { Store } from './store'

/** Without a reason: everybody may read it, and databases name hosts, users and files. */
export type Readiness = { status: 'ready' } | { status: 'unavailable' }

export interface ReadinessOptions {
  store?: Pick<Store, 'append'>
  /** In whose name nothing is counted. */
  project: string
  /** Is told the reason. */
  log: Log
  /** How long an answer holds, in ms: everybody may ask, and each answer is a commit. @default 1000 */
  holdMs?: number
  /** Monotonic, in ms. @default performance.now */
  now?: () => number
}

/** Asks the store for a real commit, of nothing: a full disk and a locked file show only when something is written. */
export function createReadiness(options: ReadinessOptions): () => Promise<Readiness> {
  const { store, project, log, holdMs = 1_000, now = () => performance.now() } = options
  let current: Promise<Readiness> | null = null
  let askedAt = Number.NEGATIVE_INFINITY

  async function ask(): Promise<Readiness> {
    if (!store) return { status: 'ready' }
    const result = await store.append([], [{ project, count: 0 }])
    if (result.status === 'committed') return { status: 'ready' }
    log({ level: 'warn', message: 'the store takes no events', reason: result.reason })
    return { status: 'unavailable' }
  }

  return () => {
    if (current && now() - askedAt < holdMs) return current
    askedAt = now()
    current = ask()
    return current
  }
}
