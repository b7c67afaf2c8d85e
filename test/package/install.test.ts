import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Installation, installPackage } from './installed'

const names = {
  firsthand: ['Analytics', 'CONSTANTS', 'EVENTS', 'default', 'init'],
  'firsthand/node': ['Analytics', 'default'],
  'firsthand/consent': ['consent'],
  'firsthand/config': ['configDefaults', 'defineConfig'],
  'firsthand/schemas': ['schemas'],
  'firsthand/plugins/collector': ['collector'],
  'firsthand/plugins/debug': ['debug'],
  'firsthand/plugins/gzip': ['gzip'],
  'firsthand/plugins/http': ['customEvents', 'http', 'webhook'],
  'firsthand/plugins/linker': ['linker'],
  'firsthand/plugins/segment': ['segment'],
  'firsthand/plugins/stitch': ['stitch', 'stitchSchema'],
  'firsthand/plugins/tracardi': ['tracardi'],
  'firsthand/plugins/url-parameters': ['urlParameters'],
  'firsthand/testing': ['testTransport'],
  'firsthand/collector': ['collectorDefaults', 'createCollector', 'describeScript'],
  'firsthand/collector/node': ['serve', 'serveDefaults', 'toNodeHandler'],
  'firsthand/collector/stores/postgres': ['postgresStore'],
  'firsthand/collector/stores/sqlite': ['sqliteStore'],
}

let consumer: Installation

beforeAll(() => {
  consumer = installPackage()
}, 60_000)
afterAll(() => consumer.remove())

describe('the installed package', () => {
  const print = 'console.log(JSON.stringify(Object.keys(names).filter((name) => name !== "module.exports").sort()))'

  it.each(Object.entries(names))('import("%s") gives exactly %j', (entry, expected) => {
    const program = `const names = await import('${entry}'); ${print}`
    expect(JSON.parse(consumer.node('--input-type=module', '--eval', program))).toEqual(expected)
  })

  it.each(Object.entries(names))('require("%s") gives exactly %j', (entry, expected) => {
    const program = `const names = require('${entry}'); ${print}`
    expect(JSON.parse(consumer.node('--input-type=commonjs', '--eval', program))).toEqual(expected)
  })

  it('has the same names in its browser build', () => {
    const program = `const names = await import('firsthand'); ${print}`
    const browser = consumer.node('--conditions=browser', '--input-type=module', '--eval', program)
    expect(JSON.parse(browser)).toEqual(names.firsthand)
  })

  it('brings no other package along', () => {
    const installed = readdirSync(join(consumer.folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(installed).toEqual(['firsthand'])
    const manifest = JSON.parse(readFileSync(join(consumer.folder, 'node_modules/firsthand/package.json'), 'utf8'))
    expect(manifest.dependencies).toBeUndefined()
    expect(manifest.optionalDependencies).toBeUndefined()
    expect(Object.keys(manifest.peerDependencies)).toEqual(Object.keys(manifest.peerDependenciesMeta))
  })

  it('offers the script-tag file, its licences and the command', () => {
    const script = consumer.node(
      '--input-type=module',
      '--eval',
      `console.log(import.meta.resolve('firsthand/script'))`,
    )
    expect(script.trim()).toMatch(/dist\/firsthand\.min\.js$/)
    for (const file of ['LICENSE', 'THIRD-PARTY', 'README.md', 'dist/firsthand.min.js']) {
      expect(existsSync(join(consumer.folder, 'node_modules/firsthand', file)), file).toBe(true)
    }
    expect(consumer.node('node_modules/.bin/firsthand', '--help')).toContain('serve')
  })

  it('says how to install what a store needs and does not find', () => {
    const program = `
      const { sqliteStore } = await import('firsthand/collector/stores/sqlite')
      try {
        await (await sqliteStore({ path: 'events.db' })).stats()
        console.log('ran')
      } catch (error) {
        console.log(error.message)
      }`
    const output = consumer.node('--input-type=module', '--eval', program)
    expect(output).toMatch(isBuiltin('node:sqlite') ? /^ran$/m : /npm install libsql/)
    const postgres = `
      const { postgresStore } = await import('firsthand/collector/stores/postgres')
      await postgresStore({ host: 'localhost' }).open().catch((error) => console.log(error.message))`
    expect(consumer.node('--input-type=module', '--eval', postgres)).toMatch(/npm install pg@8$/m)
  })
})
