import type { IdentityEdge, Store, StoredEvent } from '../store'

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
/** Devices and browsers of one person that are looked up. */
const maxAnonymousIds = 50

/** What the store knows about the anonymous events among these. */
export async function edgesOf(store: Store, events: readonly StoredEvent[]): Promise<ProjectEdge[]> {
  const unknown = new Map<string, Set<string>>()
  for (const { project, anonymousId, userId } of events) {
    if (!anonymousId || userId) continue
    const ids = unknown.get(project) ?? new Set()
    unknown.set(project, ids.add(anonymousId))
  }
  const found = await Promise.all(
    Array.from(unknown, async ([project, ids]) => {
      const edges = await store.identities(project, [...ids])
      return edges.map((edge) => ({ project, anonymousId: edge.anonymousId, userId: edge.userId }))
    }),
  )
  return found.flat()
}

/**
 * All events of one person: those that name the user, and the anonymous ones of every anonymous id that the user had.
 * An event that names another user belongs to that one, also where both used the same browser.
 */
export async function readPersonHistory(store: Store, query: PersonQuery): Promise<PersonHistory> {
  const { project } = query
  const userId = query.userId ?? (await ownerOf(store, project, query.anonymousId))
  const known = userId ? await store.events({ project, userId, limit: maxEvents }) : { events: [], next: null }
  const ids = new Set(query.anonymousId ? [query.anonymousId] : [])
  for (const { anonymousId } of known.events) if (anonymousId) ids.add(anonymousId)
  const anonymousIds = [...ids].slice(0, maxAnonymousIds)
  const owned = userId ? await idsOwnedBy(store, project, userId, anonymousIds) : anonymousIds
  const pages = await Promise.all(owned.map((anonymousId) => store.events({ project, anonymousId, limit: maxEvents })))

  const events = new Map<string, StoredEvent>()
  for (const event of [known, ...pages].flatMap((page) => page.events)) {
    if (event.userId === null || event.userId === userId) events.set(event.messageId, event)
  }
  const sorted = [...events.values()].sort((left, right) => compareArrivals(right, left))
  return {
    events: sorted.slice(0, maxEvents),
    edges: userId ? owned.map((anonymousId) => ({ project, anonymousId, userId })) : [],
    truncated:
      sorted.length > maxEvents || ids.size > maxAnonymousIds || [known, ...pages].some((page) => page.next !== null),
  }
}

async function ownerOf(store: Store, project: string, anonymousId: string | undefined): Promise<string | undefined> {
  if (!anonymousId) return undefined
  return (await store.identities(project, [anonymousId]))[0]?.userId
}

/** A browser that two users shared belongs to whom the store says, so that nobody is shown a stranger's visits. */
async function idsOwnedBy(store: Store, project: string, userId: string, anonymousIds: string[]): Promise<string[]> {
  const owners = new Map<string, string>()
  for (const edge of await store.identities(project, anonymousIds)) {
    if (!owners.has(edge.anonymousId)) owners.set(edge.anonymousId, edge.userId)
  }
  return anonymousIds.filter((id) => (owners.get(id) ?? userId) === userId)
}

function compareArrivals(left: StoredEvent, right: StoredEvent): number {
  const byArrival = left.receivedAt.localeCompare(right.receivedAt)
  return byArrival || left.timestamp.localeCompare(right.timestamp)
}
