import * as v from 'valibot'
import { isObject } from '../intake/intake'
import type { KeyKind, Store, StoredProject } from '../store'
import { createKey, endKeys } from './project-keys'
import {
  type NewProject,
  newProjectSchema,
  type ProjectChange,
  projectChangeSchema,
  type Revocation,
  revocationSchema,
  type Rotation,
  rotationSchema,
} from './project-schema'

export type RegistryOutcome<Extra = object> =
  | ({ status: 'done'; project: StoredProject } & Extra)
  /** `field` is a path such as `origins[0]`; '' is the whole. */
  | { status: 'invalid'; field: string; message: string }
  /** There is a project of this id already. */
  | { status: 'taken' }
  | { status: 'unknown' }
  /** It belongs to the collector's options. */
  | { status: 'fixed' }

/** Adds and changes the projects of a store. Each method rejects where the store cannot be used. */
export interface ProjectRegistry {
  list(): Promise<StoredProject[]>
  /** The keys are told once: only the digest of the secret one is kept. */
  create(project: NewProject): Promise<RegistryOutcome<{ keys: Record<KeyKind, string> }>>
  change(id: string, change: ProjectChange): Promise<RegistryOutcome>
  /** A new key of this kind; all older ones end after `graceMs`, at once where it is left out. */
  rotate(id: string, rotation: Rotation): Promise<RegistryOutcome<{ key: string }>>
  /** All keys of this kind, or all of them, end at once. Rotating brings the project back. */
  revoke(id: string, revocation?: Revocation): Promise<RegistryOutcome>
}

export interface ProjectRegistryOptions {
  store: Pick<Store, 'projects' | 'saveProject'>
  /** Ids of the projects of the collector's options. */
  fixedIds?: readonly string[]
  /** Called when a change is in the store. */
  onChange?: () => void
  /** Epoch milliseconds. */
  now?: () => number
}

export function createProjectRegistry(options: ProjectRegistryOptions): ProjectRegistry {
  const { store, now = Date.now } = options
  const { add, edit } = createEditor({ fixedIds: [], onChange() {}, now, ...options })

  return {
    list: () => store.projects(),
    async create(given) {
      const checked = check(newProjectSchema, given)
      if (checked.status === 'invalid') return checked
      const [publicKey, secretKey] = [await createKey('public'), await createKey('secret')]
      const outcome = await add({ ...checked.value, keys: [publicKey.stored, secretKey.stored] })
      return outcome.status === 'done'
        ? { ...outcome, keys: { public: publicKey.key, secret: secretKey.key } }
        : outcome
    },
    async change(id, given) {
      const checked = check(projectChangeSchema, given)
      if (checked.status === 'invalid') return checked
      const named = Object.entries(checked.value).filter(([, value]) => value !== undefined)
      return edit(id, () => Object.fromEntries(named))
    },
    async rotate(id, given) {
      const checked = check(rotationSchema, given)
      if (checked.status === 'invalid') return checked
      const { kind, graceMs } = checked.value
      const { key, stored } = await createKey(kind)
      const outcome = await edit(id, ({ keys }) => ({ keys: [...endKeys(keys, kind, now() + graceMs, now()), stored] }))
      return outcome.status === 'done' ? { ...outcome, key } : outcome
    },
    async revoke(id, given = {}) {
      const checked = check(revocationSchema, given)
      if (checked.status === 'invalid') return checked
      const { kind } = checked.value
      return edit(id, ({ keys }) => ({ keys: kind ? endKeys(keys, kind, now(), now()) : [] }))
    },
  }
}

type EditOutcome = RegistryOutcome<object>

/** More changes of one project at the same time are no work of people. */
const maxTries = 50

/**
 * Reads a project, changes it and writes it, once more where somebody else has changed it in between: in this process
 * or in another one, a key that was ended must not come back.
 */
function createEditor({ store, fixedIds, onChange, now }: Required<ProjectRegistryOptions>) {
  async function save(project: StoredProject, replaces: string | null): Promise<EditOutcome | null> {
    if (!(await store.saveProject(project, replaces))) return null
    onChange()
    return { status: 'done', project }
  }

  return {
    async add(project: Omit<StoredProject, 'createdAt' | 'changedAt'>): Promise<EditOutcome> {
      if (fixedIds.includes(project.id)) return { status: 'taken' }
      return (await save({ ...project, createdAt: iso(now()), changedAt: iso(now()) }, null)) ?? { status: 'taken' }
    },
    async edit(id: string, change: (project: StoredProject) => Partial<StoredProject>): Promise<EditOutcome> {
      if (fixedIds.includes(id)) return { status: 'fixed' }
      for (let tries = 0; tries < maxTries; tries++) {
        const found = (await store.projects()).find((project) => project.id === id)
        if (!found) return { status: 'unknown' }
        // Later than before also within one millisecond, as it tells one change from the next.
        const changedAt = iso(Math.max(now(), (Date.parse(found.changedAt) || 0) + 1))
        const saved = await save({ ...found, ...change(found), changedAt }, found.changedAt)
        if (saved) return saved
      }
      throw new Error(`project ${id} is changed by others all the time`)
    },
  }
}

type Checked<Value> = { status: 'valid'; value: Value } | { status: 'invalid'; field: string; message: string }

function check<Schema extends v.GenericSchema>(schema: Schema, given: unknown): Checked<v.InferOutput<Schema>> {
  if (!isObject(given)) return { status: 'invalid', field: '', message: 'must be a JSON object' }
  const result = v.safeParse(schema, given, { abortEarly: true })
  if (result.success) return { status: 'valid', value: result.output }
  const [issue] = result.issues
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  const isSurplus = issue.type === 'strict_object' && issue.expected === 'never'
  const message = isSurplus ? 'there is no such field' : issue.type === 'strict_object' ? 'is missing' : issue.message
  return { status: 'invalid', field: path.replace(/^\./, ''), message }
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
