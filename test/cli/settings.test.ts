import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FirsthandConfig } from '../../src/cli/config'
import { readSettings } from '../../src/cli/settings'

const project = { id: 'default', key: 'demo', origins: [], allowNoOrigin: true }

describe('readSettings', () => {
  it('applies its defaults, also for variables that are empty', () => {
    const expected = {
      port: 8080,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      databaseUrl: null,
      adminToken: null,
      projects: [project],
      siteDir: null,
      ownOrigins: true,
      others: {},
    }
    expect(readSettings({}, {})).toEqual(expected)
    expect(
      readSettings({}, { PORT: '', HOST: '', DATA_DIR: '', DATABASE_URL: '', ADMIN_TOKEN: '', PROJECT_KEY: '' }),
    ).toEqual(expected)
  })

  it('takes the environment and the options', () => {
    const env = {
      PORT: '0',
      HOST: '::1',
      DATA_DIR: '/d',
      DATABASE_URL: 'postgres://localhost/events',
      ADMIN_TOKEN: 'a'.repeat(16),
      PROJECT_KEY: 'p',
      SECRET_KEY: 's'.repeat(16),
    }
    const origins = ['https://a.test', 'https://b.test']
    expect(readSettings({ site: 'site', origin: origins }, env)).toEqual({
      port: 0,
      host: '::1',
      dataDir: '/d',
      databaseUrl: 'postgres://localhost/events',
      adminToken: 'a'.repeat(16),
      projects: [{ ...project, key: 'p', secretKey: 's'.repeat(16), origins }],
      siteDir: resolve('site'),
      ownOrigins: true,
      others: {},
    })
  })

  const config: FirsthandConfig = {
    ...{ port: 1, host: 'file.test', dataDir: '/file', site: '/site', adminToken: 'token-of-the-file', basePath: '/e' },
    projects: [{ id: 'shop', key: 'pk_shop', origins: ['https://shop.test'] }],
  }

  it("takes the file, and hands on what is the collector's", () => {
    expect(readSettings({}, {}, config)).toEqual({
      ...{
        port: 1,
        host: 'file.test',
        dataDir: '/file',
        siteDir: '/site',
        databaseUrl: null,
        adminToken: 'token-of-the-file',
      },
      projects: config.projects,
      ownOrigins: true,
      others: { adminToken: 'token-of-the-file', basePath: '/e' },
    })
  })

  it('lets the environment go before the file, and options before both', () => {
    const env = { PORT: '2', HOST: 'env.test', DATA_DIR: 'env', ADMIN_TOKEN: 'token-of-the-environment' }
    const options = { port: '3', host: 'option.test', 'data-dir': 'option' }
    const dataDir = (name: string) => resolve('/cwd', name)
    expect(readSettings({}, env, config, '/cwd')).toMatchObject({
      ...{ port: 2, host: 'env.test', dataDir: dataDir('env'), adminToken: 'token-of-the-environment' },
    })
    expect(readSettings(options, env, config, '/cwd')).toMatchObject({
      ...{ port: 3, host: 'option.test', dataDir: dataDir('option') },
    })
  })

  it('gives the keys of the environment to the only project of the file, and refuses them for several', () => {
    const { projects = [] } = config
    expect(readSettings({}, { PROJECT_KEY: 'pk_env' }, config).projects[0]).toMatchObject({ id: 'shop', key: 'pk_env' })
    const several = { projects: [...projects, { id: 'app', key: 'pk_app', origins: [] }] }
    expect(() => readSettings({}, { PROJECT_KEY: 'pk_env' }, several)).toThrow(/^PROJECT_KEY: /)
    expect(() => readSettings({}, { SECRET_KEY: 's'.repeat(16) }, several)).toThrow(/^SECRET_KEY: /)
    expect(readSettings({}, {}, several).projects).toHaveLength(2)
  })

  it('takes events from the collector itself only for its own project or its own site', () => {
    const { projects } = config
    expect(readSettings({}, {}, { projects }).ownOrigins).toBe(false)
    expect(readSettings({ site: '.' }, {}, { projects }).ownOrigins).toBe(true)
  })

  it.each(['65536', '-1', '80a', '8 0', '1e3'])('refuses "%s" as a port by name', (port) => {
    expect(() => readSettings({}, { PORT: port })).toThrow(`PORT: "${port}"`)
    expect(() => readSettings({ port }, {})).toThrow(`--port: "${port}"`)
  })

  it.each(['ADMIN_TOKEN', 'SECRET_KEY'])('refuses a %s that can be guessed, by the name of the variable', (name) => {
    expect(() => readSettings({}, { [name]: 'short' })).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(`^${name}: .*16`) }),
    )
  })
})
