import type { IdentityConflict, IdentityEdge, IdentityOptions, KeyKind, Person, Store } from '../store'

/** The present state of one anonymous id, by its own edges alone. */
export interface IdentityClaim {
  anonymousId: string
  /** User of the edge that counts. */
  userId: string | null
  /** Anonymous id of the link that counts. */
  linkedId: string | null
}

/** Says that two anonymous ids are one visitor. */
export interface IdentityLink extends Omit<IdentityConflict, 'userId'> {
  linkedId: string
}

/** What a store tells; who is who follows from it here, alike for every store. */
export interface IdentityRows {
  claims(project: string, anonymousIds: readonly string[], keyKinds: readonly KeyKind[]): Promise<IdentityClaim[]>
  /** Whether an event names this user. */
  isUser(project: string, id: string): Promise<boolean>
  /** Anonymous ids that have an edge to the user. */
  idsWithEdgeTo(project: string, userId: string, keyKinds: readonly KeyKind[]): Promise<string[]>
  /** Anonymous ids that have a link to one of these. */
  idsLinkedTo(project: string, anonymousIds: readonly string[], keyKinds: readonly KeyKind[]): Promise<string[]>
  /** Edges of these anonymous ids, and edges to this user. */
  edgesAround(
    project: string,
    userId: string | null,
    ids: readonly string[],
    keyKinds: readonly KeyKind[],
  ): Promise<IdentityConflict[]>
  /** Links from or to one of these anonymous ids. */
  linksAround(project: string, ids: readonly string[], keyKinds: readonly KeyKind[]): Promise<IdentityLink[]>
  /** Of events of the user, and of these ids without a user. */
  activity(
    project: string,
    person: Pick<Person, 'userId' | 'anonymousIds'>,
  ): Promise<Pick<Person, 'events' | 'firstAt' | 'lastAt'>>
}

/** The view `identities` follows links as far. */
const maxLinks = 8
/** Anybody can claim ids with a public key: what is read for one person is bounded. */
const maxAnonymousIds = 1_000

const bothKinds: readonly KeyKind[] = ['public', 'secret']

/** Owner of each anonymous id, and where its links end. */
interface Place {
  userId: string | null
  root: string
}

type Places = ReadonlyMap<string, Place>

function createPlaces(rows: Pick<IdentityRows, 'claims'>) {
  return async (project: string, ids: readonly string[], kinds: readonly KeyKind[]): Promise<Places> => {
    const claims = new Map<string, IdentityClaim>()
    let asked = [...new Set(ids)]
    for (let length = 0; asked.length > 0 && length <= maxLinks; length++) {
      for (const claim of await rows.claims(project, asked, kinds)) claims.set(claim.anonymousId, claim)
      const next = asked.flatMap((id) => linkOf(claims.get(id)) ?? [])
      asked = [...new Set(next)].filter((id) => !claims.has(id))
    }
    return new Map(ids.map((id) => [id, follow(id, claims)]))
  }
}

export function createIdentityGraph(rows: IdentityRows): Pick<Store, 'identities' | 'person'> {
  const placesOf = createPlaces(rows)

  /** These ids, and those that are linked to them, as far as they have the same place. */
  async function withLinked(project: string, ids: readonly string[], place: Place, kinds: readonly KeyKind[]) {
    const all = new Set(ids)
    let fresh: readonly string[] = ids
    for (let length = 0; fresh.length > 0 && length < maxLinks && all.size < maxAnonymousIds; length++) {
      const linked = (await rows.idsLinkedTo(project, fresh, kinds)).filter((id) => !all.has(id))
      const places = await placesOf(project, linked, kinds)
      fresh = linked.filter((id) => isSame(places.get(id), place))
      for (const id of fresh) all.add(id)
    }
    return [...all].sort()
  }

  async function idsOfUser(project: string, userId: string, kinds: readonly KeyKind[]): Promise<string[]> {
    const candidates = (await rows.idsWithEdgeTo(project, userId, kinds)).slice(0, maxAnonymousIds)
    const places = await placesOf(project, candidates, kinds)
    const own = candidates.filter((id) => places.get(id)?.userId === userId)
    return withLinked(project, own, { userId, root: '' }, kinds)
  }

  /** Links of these ids to those of another user. */
  async function linkConflicts(project: string, ids: readonly string[], kinds: readonly KeyKind[]) {
    const links = await rows.linksAround(project, ids, kinds)
    const ends = links.flatMap(({ anonymousId, linkedId }) => [anonymousId, linkedId])
    return quarrelsOf(links, await placesOf(project, ends, kinds))
  }

  return {
    async identities(project, anonymousIds, { keyKinds = bothKinds }: IdentityOptions = {}) {
      const places = await placesOf(project, anonymousIds, keyKinds)
      return Array.from(places, ([anonymousId, { userId }]) => ({ anonymousId, userId })).filter(
        (edge): edge is IdentityEdge => edge.userId !== null,
      )
    },

    async person(project, id, { keyKinds = bothKinds }: IdentityOptions = {}) {
      const place = (await rows.isUser(project, id))
        ? { userId: id, root: id }
        : ((await placesOf(project, [id], keyKinds)).get(id) ?? { userId: null, root: id })
      const { userId } = place
      const anonymousIds =
        userId === null
          ? await withLinked(project, [place.root], place, keyKinds)
          : await idsOfUser(project, userId, keyKinds)
      const [edges, links, activity] = await Promise.all([
        rows.edgesAround(project, userId, anonymousIds, keyKinds),
        userId === null ? [] : linkConflicts(project, anonymousIds, keyKinds),
        rows.activity(project, { userId, anonymousIds }),
      ])
      if (userId === null && activity.events === 0 && anonymousIds.length === 1) return null
      const own = new Set(anonymousIds)
      const claims = edges.filter((edge) => edge.userId !== userId || !own.has(edge.anonymousId))
      return { project, userId, anonymousIds, conflicts: [...claims, ...links], ...activity }
    },
  }
}

function quarrelsOf(links: readonly IdentityLink[], places: Places): IdentityConflict[] {
  return links.flatMap(({ anonymousId, linkedId, ...said }) => {
    const owner = places.get(anonymousId)?.userId ?? null
    const userId = places.get(linkedId)?.userId ?? null
    return owner === null || userId === null || owner === userId ? [] : [{ anonymousId, userId, ...said, linkedId }]
  })
}

function linkOf(claim: IdentityClaim | undefined): string | null {
  return claim && claim.userId === null ? claim.linkedId : null
}

function follow(id: string, claims: ReadonlyMap<string, IdentityClaim>): Place {
  const passed = [id]
  for (let root = id; ; ) {
    const next = linkOf(claims.get(root))
    if (next === null || passed.length > maxLinks) return { userId: claims.get(root)?.userId ?? null, root }
    const start = passed.indexOf(next)
    // A ring has no end: its members agree on one of them.
    if (start >= 0) return { userId: null, root: passed.slice(start).sort()[0] ?? root }
    passed.push(next)
    root = next
  }
}

function isSame(found: Place | undefined, wanted: Place): boolean {
  return wanted.userId === null ? found?.root === wanted.root && found.userId === null : found?.userId === wanted.userId
}
