import { type ProjectOptions, projectDefaults } from './options'
import { createFreshValue } from './projects/fresh-value'
import { createProjectIndex, type IndexedProject, type KeyOwner, type ProjectIndex } from './projects/project-index'
import { sha256 } from './projects/sha256'
import { unavailable } from './request-problem'
import type { Store, StoredKey } from './store'

export type { KeyOwner, Project } from './projects/project-index'

export interface ProjectDirectory {
  /** Whose key this is, or null; throws a `RequestProblem` of status 503 where the store must be asked and cannot be. */
  find(key: string): Promise<KeyOwner | null>
  /** Does any project accept this origin? Decides about answers that are given before the project is known. */
  acceptsOrigin(origin: string): Promise<boolean>
  /** The ids of all projects, those of the options first. */
  ids(): Promise<readonly string[]>
  /** Has the store asked anew: a project of it was changed. */
  refresh(): void
}

export interface ProjectDirectoryOptions {
  /** Those of the options, which never change. */
  fixed: readonly ProjectOptions[]
  /** Where further projects are kept. */
  store?: Pick<Store, 'projects'>
  /** Epoch milliseconds. */
  now?: () => number
}

/**
 * What others change is seen after a second while requests come in. A key that was taken away is refused after 5 s
 * at the latest: then a request waits for the store.
 */
const ages = { refreshAgeMs: 1_000, maxAgeMs: 5_000 }
/**
 * A key or an origin that is unknown may be new, and clients drop their events where it is refused. Whoever makes keys
 * up has the store asked once in this time, no oftener.
 */
const unknownAges = { maxAgeMs: 250 }

/** The projects of the options and those of the store. Where both have an id or a key, the options count. */
export function createProjectDirectory({ fixed, store, now = Date.now }: ProjectDirectoryOptions): ProjectDirectory {
  const ids = new Set(fixed.map(({ id }) => id))
  // Apart from the secret ones, whose digests take a moment: most requests need none of it.
  const publicIndex = createProjectIndex(fixed.map(withPublicKey))
  const secretIndex = Promise.all(fixed.flatMap(withSecretKey)).then(createProjectIndex)
  let last = { text: '', index: createProjectIndex([]) }

  /** An index is made only where something has changed: of thousands of projects it takes a while. */
  async function load(): Promise<ProjectIndex> {
    const projects = store ? (await store.projects()).filter(({ id }) => !ids.has(id)) : []
    const text = JSON.stringify(projects)
    if (text !== last.text) last = { text, index: createProjectIndex(projects) }
    return last.index
  }

  const stored = createFreshValue({
    load,
    now: () => performance.now(),
  })

  async function findFixed(key: string): Promise<KeyOwner | null> {
    return (await publicIndex.find(key, now())) ?? (await secretIndex).find(key, now())
  }

  async function storedIndex(oldest: typeof ages | typeof unknownAges) {
    try {
      return await stored.get(oldest)
    } catch {
      // Not 401 or 403, which make Segment's clients drop their events for ever.
      throw unavailable('store-unavailable', 'the projects could not be read; send the request again')
    }
  }

  return {
    async find(key) {
      const owner = await findFixed(key)
      if (owner || !store) return owner
      return (await (await storedIndex(ages)).find(key, now())) ?? (await storedIndex(unknownAges)).find(key, now())
    },
    async acceptsOrigin(origin) {
      if (publicIndex.hasOrigin(origin)) return true
      if (!store) return false
      return (await storedIndex(ages)).hasOrigin(origin) || (await storedIndex(unknownAges)).hasOrigin(origin)
    },
    ids: async () => [...ids, ...(store ? (await stored.get({ maxAgeMs: 0 })).ids : [])],
    refresh: () => stored.forget(),
  }
}

function withPublicKey({ id, key, origins, ...options }: ProjectOptions): IndexedProject {
  const { allowNoOrigin = projectDefaults.allowNoOrigin, monthlyQuota = projectDefaults.monthlyQuota } = options
  return { id, origins, allowNoOrigin, monthlyQuota, keys: [{ kind: 'public', value: key, expiresAt: null }] }
}

function withSecretKey(project: ProjectOptions): Promise<IndexedProject>[] {
  const { secretKey } = project
  if (secretKey === undefined) return []
  const keysOf = (value: string): StoredKey[] => [{ kind: 'secret', value, expiresAt: null }]
  return [sha256(secretKey).then((value) => ({ ...withPublicKey(project), keys: keysOf(value) }))]
}
