import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineConfig } from '../../src/cli/config'
import { loadConfig } from '../../src/cli/load-config'

const readsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript)

describe('loadConfig', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'firsthand-config-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  const write = (name: string, text: string) => writeFile(join(dir, name), text)
  const refusal = (message: string | RegExp, exitCode = 2) =>
    expect.objectContaining({ name: 'CliError', exitCode, message: expect.stringMatching(message) })

  it('finds nothing where there is nothing', async () => {
    expect(await loadConfig(undefined, dir)).toEqual({})
  })

  it.each([
    ['firsthand.config.json', '{ "port": 81, "basePath": "/e" }'],
    ['firsthand.config.mjs', 'export default { port: 81, basePath: "/e" }'],
    ['firsthand.config.js', 'export default { port: 81, basePath: "/e" }'],
  ])('reads %s of the directory', async (name, text) => {
    await write('package.json', '{ "type": "module" }')
    await write(name, text)
    expect(await loadConfig(undefined, dir)).toMatchObject({ port: 81, basePath: '/e' })
  })

  it('reads the file that is named, and takes its paths from where it lies', async () => {
    await write('other.json', '{ "dataDir": "events", "site": "public" }')
    const paths = { dataDir: join(dir, 'events'), site: join(dir, 'public') }
    expect(await loadConfig(join(dir, 'other.json'), '/')).toEqual(paths)
    expect(await loadConfig('other.json', dir)).toEqual(paths)
  })

  it.runIf(readsTypeScript)('reads TypeScript', async () => {
    await write('firsthand.config.ts', 'const port: number = 81\nexport default { port }')
    expect(await loadConfig(undefined, dir)).toMatchObject({ port: 81 })
  })

  it.skipIf(readsTypeScript)('says what to do where this Node does not read TypeScript', async () => {
    await write('firsthand.config.ts', 'const port: number = 81\nexport default { port }')
    await expect(loadConfig(undefined, dir)).rejects.toEqual(
      refusal(/^firsthand\.config\.ts: Node .* Use Node 22\.18 or later, or rename it/, 1),
    )
  })

  it.each([
    ['{ "prot": 81 }', /there is no setting "prot", only port, host, /],
    ['{ "script": "x" }', /there is no setting "script"/],
    ['{ "forward": [] }', /there is no setting "forward"/],
    ['{ "port": "81" }', /port: pass a whole number/],
    ['{ "port": 65536 }', /port: pass a whole number/],
    ['{ "dataDir": 1 }', /dataDir: pass a text/],
    ['[]', /export the settings as default/],
    ['null', /export the settings as default/],
  ])('refuses %s by name', async (text, message) => {
    await write('firsthand.config.json', text)
    await expect(loadConfig(undefined, dir)).rejects.toEqual(refusal(message))
  })

  it('names the file that cannot be read', async () => {
    await write('firsthand.config.json', '{ port: 81 }')
    await expect(loadConfig(undefined, dir)).rejects.toEqual(refusal(/^firsthand\.config\.json: .*JSON/, 1))
    await write('broken.mjs', 'export default {')
    await expect(loadConfig('broken.mjs', dir)).rejects.toEqual(refusal(/^broken\.mjs: /, 1))
    await write('empty.mjs', '')
    await expect(loadConfig('empty.mjs', dir)).rejects.toEqual(refusal(/^empty\.mjs: export the settings as default/))
  })

  it('refuses a database beside a store', async () => {
    await write('two.mjs', 'export default { databaseUrl: "postgres://localhost/events", store: {} }')
    await expect(loadConfig('two.mjs', dir)).rejects.toEqual(refusal(/^two\.mjs: databaseUrl and store both say/))
  })

  it('refuses a file that is not there, and two that are', async () => {
    await expect(loadConfig('nothing.json', dir)).rejects.toEqual(refusal('--config: there is no file nothing.json'))
    await write('firsthand.config.json', '{}')
    await write('firsthand.config.mjs', 'export default {}')
    await expect(loadConfig(undefined, dir)).rejects.toEqual(
      refusal('firsthand.config.mjs and firsthand.config.json are both here'),
    )
  })
})

describe('defineConfig', () => {
  it('gives back what it gets', () => {
    const config = { port: 81 }
    expect(defineConfig(config)).toBe(config)
  })
})
