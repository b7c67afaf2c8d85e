import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownOrigins, readSettings, shownOrigin } from '../../src/cli/settings'

describe('readSettings', () => {
  it('applies its defaults, also for variables that are empty', () => {
    const expected = {
      port: 8080,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      adminToken: null,
      projectKey: 'demo',
      secretKey: null,
      siteDir: null,
      origins: [],
    }
    expect(readSettings([], {})).toEqual(expected)
    expect(readSettings([], { PORT: '', HOST: '', DATA_DIR: '', ADMIN_TOKEN: '', PROJECT_KEY: '' })).toEqual(expected)
  })

  it('takes the environment and the options', () => {
    const env = {
      PORT: '0',
      HOST: '::1',
      DATA_DIR: '/d',
      ADMIN_TOKEN: 'a'.repeat(16),
      PROJECT_KEY: 'p',
      SECRET_KEY: 's'.repeat(16),
    }
    const args = ['--site', 'site', '--origin', 'https://a.test', '--origin=https://b.test']
    expect(readSettings(args, env)).toEqual({
      port: 0,
      host: '::1',
      dataDir: '/d',
      adminToken: 'a'.repeat(16),
      projectKey: 'p',
      secretKey: 's'.repeat(16),
      siteDir: resolve('site'),
      origins: ['https://a.test', 'https://b.test'],
    })
  })

  it.each(['65536', '-1', '80a', '8 0', '1e3'])('refuses "%s" as a port by name', (port) => {
    expect(() => readSettings([], { PORT: port })).toThrow(`PORT: "${port}"`)
  })

  it.each(['ADMIN_TOKEN', 'SECRET_KEY'])('refuses a %s that can be guessed, by the name of the variable', (name) => {
    expect(() => readSettings([], { [name]: 'short' })).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(`^${name}: .*16`) }),
    )
  })

  it.each([['--nonsense'], ['extra'], ['--site']])('refuses the argument %s as wrong use', (argument) => {
    expect(() => readSettings([argument], {})).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('ownOrigins', () => {
  it('lists the names of this machine beside the address itself', () => {
    expect(ownOrigins('127.0.0.1', 8080)).toEqual(['http://localhost:8080', 'http://127.0.0.1:8080'])
    expect(ownOrigins('::1', 8080)).toContain('http://[::1]:8080')
    expect(ownOrigins('studio.test', 80)).toContain('http://studio.test')
  })

  it('lists the addresses of this machine where all of them are listened on', () => {
    const origins = ownOrigins('0.0.0.0', 8080)
    expect(origins).toContain('http://127.0.0.1:8080')
    expect(origins).not.toContain('http://0.0.0.0:8080')
    for (const origin of origins) expect(new URL(origin).origin).toBe(origin)
  })
})

describe('shownOrigin', () => {
  it('is one that a browser on this machine can open', () => {
    expect(shownOrigin('0.0.0.0', 8080)).toBe('http://localhost:8080')
    expect(shownOrigin('127.0.0.1', 8080)).toBe('http://localhost:8080')
    expect(shownOrigin('192.168.1.4', 8080)).toBe('http://192.168.1.4:8080')
  })
})
