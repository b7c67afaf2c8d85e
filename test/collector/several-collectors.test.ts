import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../../src/collector/stores/postgres'
import { hasPostgres, type PostgresServer, startPostgres } from '../helpers/postgres'
import { adminToken, testCollector, track } from './helpers/test-collector'

describe.skipIf(!hasPostgres)('two collectors on one Postgres', { timeout: 60_000 }, () => {
  let server: PostgresServer
  const closers: (() => Promise<void>)[] = []

  beforeAll(async () => {
    server = await startPostgres()
  }, 120_000)
  afterAll(async () => {
    await Promise.all(closers.map((close) => close()))
    await server.dispose()
  })

  function start() {
    const store = postgresStore({ ...server.connection, schema: 'tenants' })
    const { collector, send } = testCollector({ store, projects: undefined })
    closers.push(collector.close)
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
    const admin = async (method: string, path: string, body: object) =>
      (
        await collector.fetch(
          new Request(`http://collector.test/admin/projects${path}`, { method, headers, body: JSON.stringify(body) }),
        )
      ).json()
    const post = async (key: string, events = 1, messageId?: string) => {
      const batch = Array.from({ length: events }, () => ({ ...track, messageId }))
      return (await send('POST', '/v1/batch', { writeKey: key, batch }, { origin: null })).status
    }
    return { admin, post }
  }

  const soon = { timeout: 20_000, interval: 200 }

  it('both take a new key, and both refuse one that has ended within seconds', async () => {
    const [one, two] = [start(), start()]
    expect(await two.post('pk_nobody')).toBe(401)
    const { keys } = await one.admin('POST', '', { id: 'shop', allowNoOrigin: true })
    expect(await one.post(keys.public)).toBe(200)
    await expect.poll(() => two.post(keys.public), soon).toBe(200)

    const { key } = await two.admin('POST', '/shop/rotate', { kind: 'secret', graceMs: 60_000 })
    await expect.poll(() => one.post(key), soon).toBe(200)
    expect([await one.post(keys.secret), await two.post(keys.secret)]).toEqual([200, 200])

    await one.admin('POST', '/shop/revoke', {})
    expect([await one.post(keys.public), await one.post(key)]).toEqual([401, 401])
    await expect.poll(() => two.post(keys.public), soon).toBe(401)
    await expect.poll(() => two.post(key), soon).toBe(401)
  })

  it('change one project without taking back what the other has changed', async () => {
    const [one, two] = [start(), start()]
    await one.admin('POST', '', { id: 'blog' })
    await Promise.all([
      ...[1, 2, 3, 4].map((monthlyQuota) => two.admin('PATCH', '/blog', { monthlyQuota })),
      one.admin('POST', '/blog/revoke', {}),
      two.admin('PATCH', '/blog', { allowNoOrigin: true }),
    ])
    const { project } = await one.admin('PATCH', '/blog', {})
    expect(project).toMatchObject({ allowNoOrigin: true, keys: [], monthlyQuota: expect.any(Number) })
  })

  it('share the quota of a project', async () => {
    const [one, two] = [start(), start()]
    const { keys } = await one.admin('POST', '', { id: 'small', allowNoOrigin: true, monthlyQuota: 11 })
    expect(await one.post(keys.public, 4)).toBe(200)
    // The second one reads what the first has stored, and reaches the quota.
    await expect.poll(() => two.post(keys.public, 0), soon).toBe(400)
    expect(await two.post(keys.public, 7)).toBe(200)
    expect(await two.post(keys.public)).toBe(429)
    // Repeats do not count, so that nothing but the reading can end it.
    const repeat = () => one.post(keys.public, 1, 'm-same')
    expect(await repeat()).toBe(200)
    await expect.poll(repeat, soon).toBe(429)
  })
})
