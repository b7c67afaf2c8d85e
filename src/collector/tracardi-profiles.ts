import type { Store } from './store'

export interface VisitClaim {
  project: string
  sessionId: string
  /** What the sender says that its profile is. */
  profileId: string | null
}

export interface TracardiProfiles {
  /**
   * Calls `use` with the profile of this visit: that of the session where it is known, else the claimed one where
   * that is known, else a new one. Requests of one session that run at the same time get the same.
   */
  within<Value>(visit: VisitClaim, use: (profileId: string) => Promise<Value>): Promise<Value>
}

/** A session has rarely more events than this before the first that names its profile. */
const lookBack = 20

/** Which profile a Tracardi session belongs to, as far as stored events tell. */
export function createTracardiProfiles(store: Pick<Store, 'events'>): TracardiProfiles {
  const underWay = new Map<string, { profileId: Promise<string>; users: number }>()

  async function find({ project, sessionId, profileId }: VisitClaim): Promise<string> {
    const { events } = await store.events({ project, sessionId, limit: lookBack })
    const known = events.find(({ anonymousId, context }) => anonymousId !== null && context.profileLess !== true)
    if (known?.anonymousId) return known.anonymousId
    if (profileId !== null) {
      const page = await store.events({ project, anonymousId: profileId, limit: 1 })
      if (page.events.length > 0) return profileId
    }
    // Also where a profile was named: one that nobody gave out is made up.
    return crypto.randomUUID()
  }

  return {
    async within(visit, use) {
      const key = JSON.stringify([visit.project, visit.sessionId])
      const entry = underWay.get(key) ?? { profileId: find(visit), users: 0 }
      underWay.set(key, entry)
      entry.users++
      try {
        return await use(await entry.profileId)
      } finally {
        entry.users--
        if (entry.users === 0) underWay.delete(key)
      }
    },
  }
}
