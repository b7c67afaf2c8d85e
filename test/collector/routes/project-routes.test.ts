import { afterAll, describe, expect, it } from 'vitest'
import type { LogEntry } from '../../../src/collector'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { adminToken, siteOrigin, testCollector, track } from '../helpers/test-collector'

const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closers.map((close) => close()))
})

const bearer = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }

function create(options?: Parameters<typeof testCollector>[0]) {
  const created = testCollector(options)
  closers.push(created.collector.close)
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = bearer) =>
    created.collector.fetch(
      new Request(`http://collector.test/admin${path}`, {
        ...{ method, headers },
        body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
      }),
    )
  const add = async (project: object) => (await ask('POST', '/projects', project)).json()
  const sendWith = async (key: string, origin: string | null) => {
    const { send } = created
    return (await send('POST', '/v1/batch', { writeKey: key, batch: [track] }, { origin })).status
  }
  return { ...created, ask, add, sendWith }
}

describe('POST /admin/projects', () => {
  it('adds a project, tells its keys once, and takes its events at once', async () => {
    const { ask, sendWith, stored } = create()
    const response = await ask('POST', '/projects', { id: 'blog', origins: ['https://blog.example'], monthlyQuota: 9 })
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { project, keys } = await response.json()
    expect(project).toMatchObject({ id: 'blog', origins: ['https://blog.example'], monthlyQuota: 9, fixed: false })
    expect(await sendWith(keys.public, 'https://blog.example')).toBe(200)
    expect(await sendWith(keys.public, siteOrigin)).toBe(403)
    expect(await sendWith(keys.secret, null)).toBe(200)
    expect((await stored())[0]?.project).toBe('blog')
    expect(await (await ask('GET', '/projects')).text()).not.toContain(keys.secret)
  })

  it('answers 409 where there is one, also in the options', async () => {
    const { add } = create()
    await add({ id: 'blog' })
    expect(await add({ id: 'blog' })).toMatchObject({ success: false, error: { code: 'project-exists' } })
    expect(await add({ id: 'shop' })).toMatchObject({ error: { code: 'project-exists' } })
  })

  it.each([
    ['{', 'invalid-json'],
    ['[]', 'invalid-field'],
    ['{"id":"<script>"}', 'invalid-field'],
    ['{"id":"a","origins":["null"]}', 'invalid-field'],
    ['{"id":"a","origins":["https://*.co.uk"]}', 'invalid-field'],
    ['{"id":"a","secret":"x"}', 'invalid-field'],
    [`{"id":"a","origins":["${'x'.repeat(70_000)}"]}`, 'body-too-large'],
  ])('refuses %.40s and changes nothing', async (body, code) => {
    const { ask } = create()
    const response = await ask('POST', '/projects', body)
    expect([response.status >= 400 && response.status < 500, (await response.json()).error.code]).toEqual([true, code])
    expect(response.headers.get('content-type')).toContain('application/json')
    expect((await (await ask('GET', '/projects')).json()).projects).toHaveLength(2)
  })
})

describe('GET /admin/projects', () => {
  it('lists those of the options and those of the store, with public keys alone', async () => {
    const { ask, add } = create()
    const { keys } = await add({ id: 'blog' })
    const { projects } = await (await ask('GET', '/projects')).json()
    expect(projects).toMatchObject([
      {
        id: 'shop',
        fixed: true,
        keys: [
          { kind: 'public', key: 'pk_shop' },
          { kind: 'secret', key: null },
        ],
      },
      { id: 'app', fixed: true, allowNoOrigin: true, keys: [{ kind: 'public', key: 'pk_app' }] },
      {
        id: 'blog',
        fixed: false,
        keys: [
          { kind: 'public', key: keys.public },
          { kind: 'secret', key: null },
        ],
      },
    ])
    expect(JSON.stringify(projects)).not.toContain('sk_')
  })
})

describe('PATCH /admin/projects/{id}', () => {
  it('changes origins, allowNoOrigin and quota at once', async () => {
    const { ask, add, sendWith } = create()
    const { keys } = await add({ id: 'blog', origins: ['https://blog.example'] })
    expect(await sendWith(keys.public, null)).toBe(403)
    const response = await ask('PATCH', '/projects/blog', { origins: ['https://b.example'], allowNoOrigin: true })
    expect(await response.json()).toMatchObject({ project: { origins: ['https://b.example'], allowNoOrigin: true } })
    expect(await sendWith(keys.public, 'https://blog.example')).toBe(403)
    expect(await sendWith(keys.public, 'https://b.example')).toBe(200)
    expect(await sendWith(keys.public, null)).toBe(200)
    await ask('PATCH', '/projects/blog', { monthlyQuota: 0 })
    expect(await sendWith(keys.public, null)).toBe(429)
  })

  it('answers 404 for a project that there is not, and 409 for one of the options', async () => {
    const { ask } = create()
    expect((await ask('PATCH', '/projects/nobody', {})).status).toBe(404)
    const fixed = await ask('PATCH', '/projects/shop', { allowNoOrigin: true })
    expect([fixed.status, (await fixed.json()).error.code]).toEqual([409, 'project-fixed'])
  })
})

describe('POST /admin/projects/{id}/rotate and /revoke', () => {
  it('give a new key at once; the old one is refused at once, or works for the grace', async () => {
    const { ask, add, sendWith } = create()
    const { keys } = await add({ id: 'blog', allowNoOrigin: true })
    const rotate = async (body: object) => (await (await ask('POST', '/projects/blog/rotate', body)).json()).key
    const second = await rotate({ kind: 'public', graceMs: 60_000 })
    expect([await sendWith(keys.public, null), await sendWith(second, null)]).toEqual([200, 200])
    const third = await rotate({ kind: 'public' })
    expect([await sendWith(keys.public, null), await sendWith(second, null)]).toEqual([401, 401])
    expect([await sendWith(third, null), await sendWith(keys.secret, null)]).toEqual([200, 200])
    const secret = await rotate({ kind: 'secret' })
    expect([await sendWith(keys.secret, null), await sendWith(secret, null)]).toEqual([401, 200])

    await ask('POST', '/projects/blog/revoke', {})
    expect([await sendWith(third, null), await sendWith(secret, null)]).toEqual([401, 401])
  })
})

describe('other collectors on the same store', () => {
  it('take a new key, and refuse one that was taken away', async () => {
    const store = sqliteStore({ path: ':memory:' })
    const one = create({ store })
    const two = create({ store })
    const { keys } = await one.add({ id: 'blog', allowNoOrigin: true })
    expect(await two.sendWith(keys.public, null)).toBe(200)
    await one.ask('POST', '/projects/blog/revoke', {})
    await expect.poll(() => two.sendWith(keys.public, null), { timeout: 10_000 }).toBe(401)
  })
})

describe('who may ask', () => {
  const requests = [
    ['GET', '/projects', undefined],
    ['POST', '/projects', { id: 'evil' }],
    ['PATCH', '/projects/blog', { allowNoOrigin: true }],
    ['POST', '/projects/blog/rotate', { kind: 'secret' }],
    ['POST', '/projects/blog/revoke', {}],
    ['GET', '/usage', undefined],
  ] as const

  it('is nobody without the token, by whatever path', async () => {
    const { ask, add } = create()
    await add({ id: 'blog' })
    for (const [method, path, body] of requests) {
      for (const authorization of ['', 'Bearer ', 'Bearer wrong-token-0123456789', 'Basic sk_shop_0123456789']) {
        const headers = { 'content-type': 'application/json', authorization }
        expect((await ask(method, path, body, headers)).status, `${method} ${path}`).toBe(401)
      }
      for (const odd of [`${path}/`, `/%70rojects`, `//projects`, `/projects/..%2fprojects`]) {
        expect([401, 404], odd).toContain((await ask(method, odd, body, {})).status)
      }
    }
    expect((await (await ask('GET', '/projects')).json()).projects).toHaveLength(3)
  })

  it('is no page: the session cookie reads, and changes nothing', async () => {
    const { collector, ask, add } = create()
    await add({ id: 'blog' })
    const link = await collector.fetch(new Request(`http://collector.test/live?token=${adminToken}`))
    const cookie = link.headers.get('set-cookie')?.split(';')[0] ?? ''
    for (const [method, path, body] of requests) {
      for (const origin of [siteOrigin, 'http://collector.test']) {
        const response = await ask(method, path, body, { cookie, 'content-type': 'application/json', origin })
        expect(method === 'GET' ? [200] : [401, 403], `${method} ${path}`).toContain(response.status)
        expect(response.headers.get('access-control-allow-origin')).toBeNull()
      }
    }
    expect((await (await ask('GET', '/projects')).json()).projects).toHaveLength(3)
    const link2 = await ask(
      'POST',
      `/projects?token=${adminToken}`,
      { id: 'evil' },
      { 'content-type': 'application/json' },
    )
    expect(link2.status).toBe(401)
  })

  it('must say that it is JSON, which no form can', async () => {
    const { ask } = create()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      const response = await ask('POST', '/projects', '{"id":"evil"}', { ...bearer, 'content-type': type })
      expect(response.status, type).toBe(415)
    }
  })

  it('gets 405 for other methods', async () => {
    const { ask } = create()
    for (const [method, path] of [
      ['DELETE', '/projects'],
      ['GET', '/projects/shop'],
      ['DELETE', '/projects/shop'],
      ['GET', '/projects/shop/rotate'],
      ['POST', '/usage'],
    ] as const) {
      expect((await ask(method, path)).status, `${method} ${path}`).toBe(405)
    }
  })
})

describe('a collector without projects', () => {
  it('starts, says so, refuses every key, and takes events once there is a project', async () => {
    const { add, ask, sendWith, logged } = create({ projects: undefined })
    await expect
      .poll(() => logged)
      .toMatchObject([{ level: 'warn', message: expect.stringContaining('no projects yet') }])
    expect(await sendWith('pk_shop', siteOrigin)).toBe(401)
    expect((await (await ask('GET', '/projects')).json()).projects).toEqual([])
    const { keys } = await add({ id: 'blog', allowNoOrigin: true })
    expect(await sendWith(keys.public, null)).toBe(200)
  })

  it('says nothing where the store has projects', async () => {
    const store = sqliteStore({ path: ':memory:' })
    const { add } = create({ store })
    await add({ id: 'blog' })
    const logged: LogEntry[] = []
    const { sendWith } = create({ store, projects: [], log: (entry) => logged.push(entry) })
    await sendWith('pk_any', null)
    expect(logged).toEqual([])
  })
})
