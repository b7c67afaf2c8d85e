import { createOriginList, type OriginList } from '../origin-list'
import type { KeyKind, StoredProject } from '../store'
import { sha256 } from './sha256'

export interface Project {
  id: string
  origins: OriginList
  allowNoOrigin: boolean
  /** Null is no limit. */
  monthlyQuota: number | null
}

export interface KeyOwner {
  project: Project
  keyKind: KeyKind
}

/** What the directory needs to know of a project, wherever it is kept. */
export type IndexedProject = Omit<StoredProject, 'createdAt' | 'changedAt'>

export interface ProjectIndex {
  ids: readonly string[]
  /** Whose key this is at this time (epoch milliseconds), or null. */
  find(key: string, atMs: number): Promise<KeyOwner | null>
  /** Does any project list this origin? */
  hasOrigin(origin: string): boolean
}

interface Entry {
  owner: KeyOwner
  expiresAtMs: number
}

/**
 * Finds projects by key. Secret keys are looked up by their SHA-256: how long a comparison of digests takes says
 * nothing about the secret.
 */
export function createProjectIndex(projects: readonly IndexedProject[]): ProjectIndex {
  const byKey: Record<KeyKind, Map<string, Entry>> = { public: new Map(), secret: new Map() }
  const patterns: string[] = []
  for (const { id, origins, allowNoOrigin, monthlyQuota, keys } of projects) {
    patterns.push(...origins)
    const project = createProject({ id, origins, allowNoOrigin, monthlyQuota })
    for (const { kind, value, expiresAt } of keys) {
      // A time that cannot be read is NaN, which nothing is before: the key is refused.
      const expiresAtMs = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)
      if (!byKey[kind].has(value)) byKey[kind].set(value, { owner: { project, keyKind: kind }, expiresAtMs })
    }
  }
  const all = createOriginList(patterns)
  const valid = (entry: Entry | undefined, atMs: number) => (entry && atMs < entry.expiresAtMs ? entry.owner : null)
  return {
    ids: projects.map(({ id }) => id),
    async find(key, atMs) {
      const owner = valid(byKey.public.get(key), atMs)
      if (owner || byKey.secret.size === 0) return owner
      return valid(byKey.secret.get(await sha256(key)), atMs)
    },
    hasOrigin: (origin) => all.hasOrigin(origin),
  }
}

function createProject({ origins, ...fields }: Omit<IndexedProject, 'keys'>): Project {
  let list: OriginList | undefined
  return {
    ...fields,
    // Made when it is first asked for: of thousands of projects few send while this index is in use.
    get origins() {
      return (list ??= createOriginList(origins))
    },
  }
}
