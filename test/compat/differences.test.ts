import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cases } from './cases'
import { differences } from './differences'

/** Ids that a test names as `row('id')`. */
function namedInTests(): string[] {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))
  const text = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n')
  return [...text.matchAll(/\brow\('([\w-]+)'\)/g)].map(([, id]) => id as string)
}

describe('the table of differences', () => {
  it('names each difference once, with both sides and a reason', () => {
    const ids = differences.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const difference of differences) for (const text of Object.values(difference)) expect(text).not.toBe('')
  })

  it('has no row that no test shows', () => {
    const shown = new Set<string>([...cases.flatMap(({ differs }) => differs ?? []), ...namedInTests()])
    expect(differences.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([])
  })

  it('is what the cases name: each says what ours comes to, and no two have one name', () => {
    expect(cases.filter((each) => !!each.differs !== 'ours' in each).map(({ name }) => name)).toEqual([])
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })
})
