import type { IdentityEdge, IdentityOptions, Store, StoredEvent } from '../store'

/** An edge with the project in which it holds: ids of different projects have nothing to do with each other. */
export interface ProjectEdge extends IdentityEdge {
  project: string
}

export interface PersonHistory {
  /** Newest arrivals first. */
  events: StoredEvent[]
  edges: ProjectEdge[]
  /** There are more events than these. */
  truncated: boolean
}

export interface PersonQuery {
  project: string
  userId?: string
  anonymousId?: string
}

const maxEvents = 500

/** What the store knows about the anonymous events among these. */
export async function edgesOf(
  store: Store,
  events: readonly StoredEvent[],
  identity: IdentityOptions,
): Promise<ProjectEdge[]> {
  const unknown = new Map<string, Set<string>>()
  for (const { project, anonymousId, userId } of events) {
    if (!anonymousId || userId) continue
    const ids = unknown.get(project) ?? new Set()
    unknown.set(project, ids.add(anonymousId))
  }
  const found = await Promise.all(
    Array.from(unknown, async ([project, ids]) => {
      const edges = await store.identities(project, [...ids], identity)
      return edges.map((edge) => ({ project, anonymousId: edge.anonymousId, userId: edge.userId }))
    }),
  )
  return found.flat()
}

/** The latest events of one person, as the store sees people. */
export async function readPersonHistory(
  store: Store,
  query: PersonQuery,
  identity: IdentityOptions,
): Promise<PersonHistory> {
  const { project, userId, anonymousId = '' } = query
  const person = await store.person(project, userId ?? anonymousId, identity)
  if (!person) return { events: [], edges: [], truncated: false }
  const page = await store.events({ project, person, limit: maxEvents })
  const owner = person.userId
  return {
    events: page.events,
    edges: owner === null ? [] : person.anonymousIds.map((id) => ({ project, anonymousId: id, userId: owner })),
    truncated: page.next !== null,
  }
}
