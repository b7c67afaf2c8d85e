import { describe, expect, it } from 'vitest'
import { readDatabaseUrl, shownDatabase } from '../../src/cli/database-url'

describe('readDatabaseUrl', () => {
  it('takes the environment before the file, and nothing where nothing is said', () => {
    const config = { databaseUrl: 'postgres://file.test/events' }
    expect(readDatabaseUrl('postgresql://env.test/events', config)).toBe('postgresql://env.test/events')
    expect(readDatabaseUrl('', config)).toBe('postgres://file.test/events')
    expect(readDatabaseUrl(undefined, {})).toBeNull()
  })

  it.each([
    'mysql://user:geheim@host/events',
    'geheim',
    'postgres://user:ge#heim@host/events',
    'postgres://user:12/geheim@host/events',
    'postgres://user:12?geheim@host/events',
    'postgres://user:12#geheim@host/events',
  ])('refuses %s without repeating it', (address) => {
    const refused = () => readDatabaseUrl(address, {})
    expect(refused).toThrow(/^DATABASE_URL: pass an address such as postgres:/)
    expect(refused).not.toThrow(/heim|12/)
    expect(() => readDatabaseUrl(undefined, { databaseUrl: address })).toThrow(/^databaseUrl: pass/)
  })
})

describe('shownDatabase', () => {
  it.each([
    ['postgres://user:geheim@db.test:5433/events?sslmode=require&password=geheim', 'Postgres at db.test:5433/events'],
    ['postgres://user:geheim%40@[::1]/events', 'Postgres at [::1]/events'],
    ['postgres://user:geheim@/events?host=/run/postgresql', 'Postgres at /run/postgresql/events'],
    ['postgresql:///events', 'Postgres at localhost/events'],
  ])('shows host and database of %s', (address, shown) => {
    expect(shownDatabase(address)).toBe(shown)
  })
})
