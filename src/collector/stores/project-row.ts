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

/** One statement for either database. `place` names the value of a position, from 1, as the database does. */
export function saveProjectStatement(
  table: string,
  place: (position: number) => string,
  project: StoredProject,
  replaces: string | null | undefined,
): { sql: string; values: EventValue[] } {
  const values = fromProject(project)
  const places = values.map((_, index) => place(index + 1))
  const insert = `INSERT INTO ${table} AS present (${projectColumns.join(', ')}) VALUES (${places.join(', ')})`
  if (replaces === null) return { sql: `${insert} ON CONFLICT (id) DO NOTHING`, values }
  const replaced = projectColumns.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`)
  const update = `${insert} ON CONFLICT (id) DO UPDATE SET ${replaced.join(', ')}`
  if (replaces === undefined) return { sql: update, values }
  return { sql: `${update} WHERE present.changed_at = ${place(values.length + 1)}`, values: [...values, replaces] }
}

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
