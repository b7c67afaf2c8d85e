import type { StoredKey, StoredProject } from '../store'
import type { EventRow, EventValue } from './event-row'

/** Columns of `projects`, in the order of `fromProject`. */
export const projectColumns = [
  'id',
  'origins',
  'allow_no_origin',
  'monthly_quota',
  'keys',
  'created_at',
  'changed_at',
] as const

export function fromProject(project: StoredProject): EventValue[] {
  const { id, origins, allowNoOrigin, monthlyQuota, keys, createdAt, changedAt } = project
  return [id, JSON.stringify(origins), Number(allowNoOrigin), monthlyQuota, JSON.stringify(keys), createdAt, changedAt]
}

export function toProject(row: EventRow): StoredProject {
  return {
    id: row.id as string,
    origins: JSON.parse(row.origins as string) as string[],
    allowNoOrigin: row.allow_no_origin === 1,
    monthlyQuota: row.monthly_quota as number | null,
    keys: JSON.parse(row.keys as string) as StoredKey[],
    createdAt: row.created_at as string,
    changedAt: row.changed_at as string,
  }
}
