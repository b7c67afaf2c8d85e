import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/cli/settings'
import { collectorDefaults, projectDefaults } from '../../src/collector/options'
import { queueDefaults, routeLimits } from '../../src/core/delivery/limits'
import { clientDefaults } from '../../src/core/options'
import { filesIn, parse, read, root, walk } from './source'

const readme = read('README.md')

/** Rows of the table behind `<!-- options:name -->`: option name to the text of its default, '' where it has none. */
function optionTable(name: string): Map<string, string> {
  const table = readme.split(`<!-- options:${name} -->\n`)[1]?.split('\n\n')[0] ?? ''
  const cells = (row: string) => row.split('|').map((cell) => cell.trim().replace(/^`|`$/g, ''))
  const rows = table.split('\n').slice(2).map(cells)
  return new Map(rows.map(([, option = '', value = '']) => [option, value]))
}

/** What the table has to say about these values; a function or nothing cannot be shown. */
function shown(values: object, prefix = ''): [string, string][] {
  return Object.entries(values).map(([name, value]) => [
    prefix + name,
    value === undefined || typeof value === 'function' ? '' : typeof value === 'string' ? value : JSON.stringify(value),
  ])
}

function membersOf(path: string, interfaceName: string): string[] {
  const names: string[] = []
  walk(parse(path), (node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== interfaceName) return
    for (const member of node.members) if (member.name) names.push(member.name.getText())
  })
  return names
}

const parentsOf = (table: Map<string, string>) =>
  [...new Set([...table.keys()].map((name) => name.split('.')[0]))].sort()

describe('The option tables of the README', () => {
  it('show each option of the client with the default that is applied', () => {
    const { queue, ...others } = clientDefaults
    expect(queue).toEqual({})
    expect([...optionTable('client')]).toEqual([...shown(others), ...shown(queueDefaults, 'queue.')])
    expect(parentsOf(optionTable('client'))).toEqual(membersOf('src/core/options.ts', 'ClientOptions').sort())
  })

  it('show each option of the collector with the default that is applied', () => {
    const { limits, ...others } = collectorDefaults
    const table = optionTable('collector')
    expect([...table]).toEqual(expect.arrayContaining([...shown(limits, 'limits.'), ...shown(others)]))
    expect(parentsOf(table)).toEqual(membersOf('src/collector/options.ts', 'CollectorOptions').sort())
    expect([...table.keys()].filter((name) => name.startsWith('limits.')).length).toBe(Object.keys(limits).length)
  })

  it('show each option of a project with the default that is applied', () => {
    const table = optionTable('project')
    expect([...table]).toEqual(expect.arrayContaining(shown(projectDefaults)))
    expect([...table.keys()].sort()).toEqual(membersOf('src/collector/options.ts', 'ProjectOptions').sort())
  })

  it('are followed by the limits of the queue of servers', () => {
    for (const name of ['maxEvents', 'maxBytes']) {
      const applied = new RegExp(`\\b${name}: ([\\d_]+)`).exec(read('src/node/server.ts'))?.[1]?.replaceAll('_', '')
      const told = new RegExp(`<!-- server:${name} -->(\\d+) `).exec(readme)?.[1]
      expect(told, name).toBe(applied)
      expect(told, name).toBeTruthy()
    }
  })

  it('show each option of the collector transport', () => {
    expect([...optionTable('transport').keys()]).toEqual(membersOf('plugins/collector.ts', 'CollectorOptions'))
  })

  it('show each delivery option with the default that is applied', () => {
    const table = optionTable('delivery')
    const applied = new Map(Object.entries(routeLimits({ name: 'any' } as Parameters<typeof routeLimits>[0])))
    expect([...table.keys()].sort()).toEqual(membersOf('src/core/transport.ts', 'DeliveryOverrides').sort())
    for (const [name, value] of table) {
      expect(value, name).toBe(applied.has(name) && applied.get(name) !== Infinity ? String(applied.get(name)) : '')
    }
  })

  it('show each environment variable of the start command with the default that is applied', () => {
    const table = optionTable('environment')
    const settings = readSettings({}, {})
    expect(Object.fromEntries(table)).toEqual({
      PORT: String(settings.port),
      HOST: settings.host,
      DATA_DIR: settings.dataDir.slice(process.cwd().length + 1),
      DATABASE_URL: settings.databaseUrl ?? '',
      ADMIN_TOKEN: settings.adminToken ?? '',
      PROJECT_KEY: settings.projects[0].key,
      SECRET_KEY: settings.projects[0].secretKey ?? '',
      LOG_LEVEL: collectorDefaults.logLevel,
    })
    const environment = new Set(read('src/cli/settings.ts').match(/(?<=\benv\.)[A-Z_]+/g))
    expect([...table.keys()].sort()).toEqual([...environment].sort())
  })
})

describe('The README', () => {
  it('begins with the two commands, which package.json has', () => {
    const { scripts } = JSON.parse(read('package.json'))
    expect(
      readme
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split('#')[0]?.trim()),
    ).toEqual(['npm start', 'npm test'])
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) })
  })

  it('shows sizes that are right to 0.1 kB', () => {
    const measured = spawnSync(process.execPath, ['.ci/size.mjs'], { cwd: root, encoding: 'utf8' }).stdout.split('\n')
    const names = ['script', 'bundle']
    for (const [index, name] of names.entries()) {
      const shownSize = new RegExp(`<!-- size:${name} -->([\\d.]+) kB<!-- /size -->`).exec(readme)?.[1]
      const size = Number.parseFloat(measured[index] ?? '')
      expect(Math.abs(Number(shownSize) - size), `${name}: ${shownSize} kB, measured ${size} kB`).toBeLessThanOrEqual(
        0.1,
      )
    }
  })

  it('and the other pages link only to what exists', () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      ...['docs', 'plugins', 'examples'].flatMap((folder) => filesIn(folder, /\.md$/)),
    ]
    const dead = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
        .map((match) => match[1] as string)
        .filter((target) => !existsSync(join(root, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    )
    expect(dead).toEqual([])
  })
})
