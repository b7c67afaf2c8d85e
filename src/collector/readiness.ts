import type { Store } from './store'

export type Readiness = { status: 'ready' } | { status: 'unavailable'; reason: string }

export interface ReadinessOptions {
  store?: Pick<Store, 'append'>
  /** In whose name nothing is counted. */
  project: string
  /** How long an answer holds, in ms: everybody may ask, and each answer is a commit. @default 1000 */
  holdMs?: number
  /** Monotonic, in ms. @default performance.now */
  now?: () => number
}

/** Asks the store for a real commit, of nothing: a full disk and a locked file show only when something is written. */
export function createReadiness(options: ReadinessOptions): () => Promise<Readiness> {
  const { store, project, holdMs = 1_000, now = () => performance.now() } = options
  let current: Promise<Readiness> | null = null
  let askedAt = Number.NEGATIVE_INFINITY

  async function ask(): Promise<Readiness> {
    if (!store) return { status: 'ready' }
    const result = await store.append([], [{ project, count: 0 }])
    return result.status === 'committed'
      ? { status: 'ready' }
      : { status: 'unavailable', reason: withoutPaths(result.reason) }
  }

  return () => {
    if (current && now() - askedAt < holdMs) return current
    askedAt = now()
    current = ask()
    return current
  }
}

/** Everybody may read it. */
function withoutPaths(reason: string): string {
  return reason.replace(/(["']?)(?:[A-Za-z]:)?[\\/][^\s"']+\1/g, '(file)')
}
