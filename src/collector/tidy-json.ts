export interface JsonLimits {
  maxDepth: number
  maxKeys: number
}

export type TidyResult =
  /** As JSON the value has at most `maxBytes`, usually far fewer. `keys` counts keys and list items of all levels. */
  { status: 'tidy'; maxBytes: number; keys: number } | { status: 'too-deep' } | { status: 'too-many-keys' }

/** `\u0000` is the longest that one UTF-16 unit can become. */
const maxBytesPerUnit = 6
/** A number or literal, and the punctuation around a member. */
const maxBytesPerMember = 32

/**
 * Makes parsed JSON safe to keep and to pass on, in place: `__proto__` keys go, because a copy by assignment would
 * change a prototype; NUL and unpaired surrogates become U+FFFD, because Postgres takes neither and SQLite drivers
 * cut or change them.
 */
export function tidyJson(value: unknown, { maxDepth, maxKeys }: JsonLimits): TidyResult {
  let members = 0
  let units = 0
  let tooDeep = false

  function tidyMember(member: unknown, depth: number): unknown {
    members++
    if (typeof member === 'string') {
      units += member.length
      return unstorable.test(member) ? storable(member) : member
    }
    if (typeof member === 'object' && member !== null) tidyContainer(member, depth + 1)
    return member
  }

  function tidyContainer(container: object, depth: number): void {
    if (depth > maxDepth) tooDeep = true
    if (Array.isArray(container)) tidyList(container, depth)
    else tidyRecord(container as Record<string, unknown>, depth)
  }

  function tidyList(list: unknown[], depth: number): void {
    for (let index = 0; index < list.length && !tooDeep && members <= maxKeys; index++) {
      list[index] = tidyMember(list[index], depth)
    }
  }

  function tidyRecord(record: Record<string, unknown>, depth: number): void {
    for (const name in record) {
      if (tooDeep || members > maxKeys) return
      units += name.length
      const member = record[name]
      const tidied = tidyMember(member, depth)
      const key = unstorable.test(name) ? storable(name) : name
      if (name === '__proto__' || key !== name) delete record[name]
      if (name !== '__proto__' && (key !== name || tidied !== member)) record[key] = tidied
    }
  }

  tidyMember(value, 0)
  if (tooDeep) return { status: 'too-deep' }
  if (members > maxKeys) return { status: 'too-many-keys' }
  return { status: 'tidy', keys: members, maxBytes: units * maxBytesPerUnit + members * maxBytesPerMember }
}

const unstorable = /[\0\p{Surrogate}]/u

function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd')
}
