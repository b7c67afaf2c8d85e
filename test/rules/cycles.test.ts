import { expect, it } from 'vitest'
import { importsOf, sources } from './source'

/** The first cycle that a depth-first walk meets, as a path; null where there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  const visit = (node: string, path: readonly string[]): string[] | null => {
    const start = path.indexOf(node)
    if (start >= 0) return [...path.slice(start), node]
    if (done.has(node)) return null
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node])
      if (cycle) return cycle
    }
    done.add(node)
    return null
  }
  for (const node of graph.keys()) {
    const cycle = visit(node, [])
    if (cycle) return cycle
  }
  return null
}

it('finds a cycle where there is one', () => {
  expect(
    findCycle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b', 'c', 'b'])
})

it('no value import leads back to its own file', () => {
  const valueImports = (file: string) => importsOf(file).filter((edge) => !edge.isTypeOnly)
  expect(findCycle(new Map(sources().map((file) => [file, valueImports(file).map((edge) => edge.to)])))).toBeNull()
})
