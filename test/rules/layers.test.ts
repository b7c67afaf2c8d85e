import { describe, expect, it } from 'vitest'
import { type Import, importsOf, sources } from './source'

const imports = sources().flatMap(importsOf)

const within = (folder: string) => (path: string) => path.startsWith(folder)
const isPackage = (path: string) => !/^(src|plugins)\//.test(path)

function violations(from: (path: string) => boolean, isAllowed: (edge: Import) => boolean): string[] {
  return imports.filter((edge) => from(edge.from) && !isAllowed(edge)).map((edge) => `${edge.from} -> ${edge.to}`)
}

/** What delivery shares with the client: contracts, and the vocabulary they speak. */
const contracts = ['event', 'transport', 'platform', 'payload', 'plugin'].map((name) => `src/core/${name}.ts`)

describe('the layers', () => {
  it('sees the imports of every source file', () => {
    expect(imports.length).toBeGreaterThan(20)
  })

  it('core imports nothing outside core', () => {
    expect(violations(within('src/core/'), ({ to }) => to.startsWith('src/core/'))).toEqual([])
  })

  it('delivery never imports the client, only contracts', () => {
    const isAllowed = ({ to, isTypeOnly }: Import) =>
      to.startsWith('src/core/delivery/') || to === 'src/core/event.ts' || (isTypeOnly && contracts.includes(to))
    expect(violations(within('src/core/delivery/'), isAllowed)).toEqual([])
  })

  it('plugins import only types, and only of core', () => {
    const isAllowed = ({ from, to, isTypeOnly }: Import) => {
      const folder = /^plugins\/[^/]+\//.exec(from)?.[0]
      return (isTypeOnly && to.startsWith('src/core/')) || (folder !== undefined && to.startsWith(folder))
    }
    expect(violations(within('plugins/'), isAllowed)).toEqual([])
  })

  it.each([
    ['src/consent/', ['src/core/'], []],
    ['src/schemas/', ['src/core/'], []],
    ['src/browser/', ['src/core/', 'src/consent/', 'src/schemas/', 'plugins/'], ['js-cookie', 'nanoid']],
    ['src/node/', ['src/core/'], ['nanoid', /^node:/]],
    ['src/analytics/', ['src/core/', 'src/browser/', 'src/node/'], ['nanoid']],
    ['src/testing/', ['src/core/'], [/^node:/]],
    [
      'src/collector/',
      ['src/core/'],
      [
        'hono',
        /^hono\//,
        'valibot',
        '@valibot/to-json-schema',
        'bowser',
        'isbot',
        'tldts',
        '@hono/node-server',
        /^@hono\/node-server\//,
        'libsql',
        'pg',
        /^node:/,
        'nanoid',
      ],
    ],
    ['src/cli/', ['src/core/', 'src/collector/', 'plugins/'], [/^node:/]],
  ] as const)('%s imports only itself, %j and the packages that it is made with', (folder, folders, packages) => {
    const isListed = (name: string) =>
      packages.some((item) => (typeof item === 'string' ? item === name : item.test(name)))
    const isAllowed = ({ to }: Import) =>
      isPackage(to) ? isListed(to) : [folder, ...folders].some((allowed) => to.startsWith(allowed))
    expect(violations(within(folder), isAllowed)).toEqual([])
  })

  it('only the Node parts of the collector import Node', () => {
    const isEdge = (path: string) => /^src\/collector\/(node|stores)\//.test(path)
    const from = (path: string) => path.startsWith('src/collector/') && !isEdge(path)
    const isAllowed = ({ to }: Import) =>
      !to.startsWith('node:') && to !== 'libsql' && to !== 'pg' && !to.startsWith('@hono/node-server')
    expect(violations(from, isAllowed)).toEqual([])
    expect(violations(from, ({ to, isTypeOnly }) => isTypeOnly || !isEdge(to))).toEqual([])
  })
})
