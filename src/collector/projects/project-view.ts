import type { ProjectOptions } from '../options'
import { projectDefaults } from '../options'
import type { KeyKind, StoredProject } from '../store'

/** A project as its owner sees it. */
export interface ProjectView {
  id: string
  origins: readonly string[]
  allowNoOrigin: boolean
  /** Null is no limit. */
  monthlyQuota: number | null
  keys: KeyView[]
  /** Does it belong to the collector's options, where alone it can be changed? */
  fixed: boolean
  /** ISO 8601; null where it is fixed. */
  createdAt: string | null
  changedAt: string | null
}

export interface KeyView {
  kind: KeyKind
  /** Null where it is secret: nobody keeps it. */
  key: string | null
  /** ISO 8601; null where it has no end. */
  expiresAt: string | null
}

export function viewOfStored({ keys, ...project }: StoredProject, nowMs: number): ProjectView {
  const valid = keys.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > nowMs)
  return {
    ...project,
    keys: valid.map(({ kind, value, expiresAt }) => ({ kind, key: kind === 'public' ? value : null, expiresAt })),
    fixed: false,
  }
}

export function viewOfFixed({ id, key, secretKey, origins, ...options }: ProjectOptions): ProjectView {
  const { allowNoOrigin = projectDefaults.allowNoOrigin, monthlyQuota = projectDefaults.monthlyQuota } = options
  const publicKey: KeyView = { kind: 'public', key, expiresAt: null }
  const secretKeys: KeyView[] = secretKey === undefined ? [] : [{ kind: 'secret', key: null, expiresAt: null }]
  const keys = [publicKey, ...secretKeys]
  return { id, origins, allowNoOrigin, monthlyQuota, keys, fixed: true, createdAt: null, changedAt: null }
}
