/** Proves that a tab lives, so that no other takes over its journal; and takes over the journal of a dead one. */
export interface TabLock {
  /** Resolves with true once we hold the proof of life of this owner, false while somebody else does. */
  take(owner: string): Promise<boolean>
  /** Gives up all that we hold. */
  release(): void
}

export interface LeaseOptions {
  /** localStorage that never throws; `null` removes. */
  storage: { getItem(key: string): string | null; setItem(key: string, text: string | null): unknown }
  now(): number
  setTimer(callback: () => void, delayMs: number): () => void
}

/** Ends by itself with the tab, also when it crashes. */
export const createWebLock = (locks: Pick<LockManager, 'request'>): TabLock => {
  let held: (() => void)[] = []
  return {
    take: (owner) =>
      new Promise((resolve) => {
        const epoch = held
        locks
          .request(`__fh:${owner}`, { ifAvailable: true }, (lock) => {
            // Given up while the browser was deciding.
            const isHeld = !!lock && epoch === held
            resolve(isHeld)
            return isHeld && new Promise<void>((release) => held.push(release))
          })
          .catch(() => resolve(false))
      }),
    release() {
      for (const release of held) release()
      held = []
    },
  }
}

/** Hidden pages run timers once a minute at worst, so a living page renews in time. */
const LEASE_MS = 150_000
const RENEW_MS = 20_000

/**
 * For pages without TLS, where browsers have no Web Locks: a time stamp under the owner's name, renewed while we live.
 * Two tabs that take the same dead one in the same millisecond both send its events; the receiver removes repeats.
 */
export const createLease = ({ storage, now, setTimer }: LeaseOptions): TabLock => {
  const held = new Set<string>()
  // Among the owner's entries, so that whoever takes them over cleans it up as well.
  const keyOf = (owner: string) => `__fh_q:${owner}:lease`
  const stamp = (owner: string) => storage.setItem(keyOf(owner), `${now()}`)
  let cancelTimer = () => {}
  const renew = () => {
    cancelTimer()
    held.forEach(stamp)
    cancelTimer = setTimer(renew, RENEW_MS)
  }
  return {
    async take(owner) {
      // Either way: a stamp of the future was made before the clock was set back.
      if (Math.abs(now() - Number(storage.getItem(keyOf(owner)))) < LEASE_MS) return false
      held.add(owner)
      renew()
      return true
    },
    release() {
      cancelTimer()
      for (const owner of held) storage.setItem(keyOf(owner), null)
      held.clear()
    },
  }
}
