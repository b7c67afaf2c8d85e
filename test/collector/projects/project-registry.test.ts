import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createProjectRegistry } from '../../../src/collector/projects/project-registry'
import { sqliteStore } from '../../../src/collector/stores/sqlite'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const start = Date.parse('2026-11-20T00:00:00.000Z')

function create() {
  const clock = { ms: start }
  const store = sqliteStore({ path: ':memory:' })
  let changes = 0
  const registry = createProjectRegistry({
    ...{ store, fixedIds: ['fixed'], now: () => clock.ms },
    onChange: () => void changes++,
  })
  const keysOf = async (id: string) => (await registry.list()).find((project) => project.id === id)?.keys
  return { clock, registry, keysOf, changes: () => changes }
}

/** The keys that a `create` has told. */
async function add(registry: ReturnType<typeof create>['registry'], id: string) {
  const outcome = await registry.create({ id, origins: [`https://${id}.example`] })
  if (outcome.status !== 'done') throw new Error(outcome.status)
  return outcome.keys
}

describe('create', () => {
  it('makes keys that nobody can guess, and keeps only the digest of the secret one', async () => {
    const { registry, changes } = create()
    const outcome = await registry.create({ id: 'blog', origins: ['https://BLOG.example:443'], monthlyQuota: 10 })
    expect(outcome).toMatchObject({ status: 'done', project: { id: 'blog', monthlyQuota: 10, allowNoOrigin: false } })
    if (outcome.status !== 'done') throw new Error('not done')
    const { keys, project } = outcome
    expect(keys.public).toMatch(/^pk_[\w-]{32}$/)
    expect(keys.secret).toMatch(/^sk_[\w-]{32}$/)
    expect(project.origins).toEqual(['https://blog.example'])
    expect(JSON.stringify(await registry.list())).not.toContain(keys.secret)
    expect((await registry.list())[0]?.keys).toEqual([
      { kind: 'public', value: keys.public, expiresAt: null },
      { kind: 'secret', value: hash(keys.secret), expiresAt: null },
    ])
    expect(changes()).toBe(1)
    expect(new Set([keys, await add(registry, 'a'), await add(registry, 'b')].flatMap(Object.values)).size).toBe(6)
  })

  it('refuses an id that is taken, also by the options, and by one who comes at the same time', async () => {
    const { registry } = create()
    expect(await registry.create({ id: 'fixed' })).toEqual({ status: 'taken' })
    const both = await Promise.all([registry.create({ id: 'blog' }), registry.create({ id: 'blog' })])
    expect(both.map(({ status }) => status)).toEqual(['done', 'taken'])
  })

  it.each<[unknown, string]>([
    [null, ''],
    [[], ''],
    [{}, 'id'],
    [{ id: '' }, 'id'],
    [{ id: '../x' }, 'id'],
    [{ id: '__proto__' }, 'id'],
    [{ id: 'a b' }, 'id'],
    [{ id: 'a'.repeat(65) }, 'id'],
    [{ id: 'a', origins: 'https://a.example' }, 'origins'],
    [{ id: 'a', origins: ['https://a.example', 'null'] }, 'origins[1]'],
    [{ id: 'a', origins: ['*'] }, 'origins[0]'],
    [{ id: 'a', origins: [7] }, 'origins[0]'],
    [{ id: 'a', origins: Array(101).fill('https://a.example') }, 'origins'],
    [{ id: 'a', allowNoOrigin: 'yes' }, 'allowNoOrigin'],
    [{ id: 'a', monthlyQuota: -1 }, 'monthlyQuota'],
    [{ id: 'a', monthlyQuota: 1.5 }, 'monthlyQuota'],
    [{ id: 'a', monthlyQuota: '5' }, 'monthlyQuota'],
    [{ id: 'a', keys: [] }, 'keys'],
    [JSON.parse('{"id":"a","__proto__":{"keys":[]}}'), '__proto__'],
  ])('refuses %j and names the field', async (given, field) => {
    const { registry } = create()
    const outcome = await registry.create(given as { id: string })
    expect(outcome).toMatchObject({ status: 'invalid', field })
    expect(await registry.list()).toEqual([])
  })
})

describe('change', () => {
  it('changes what is named and leaves the rest, keys among them', async () => {
    const { clock, registry, keysOf } = create()
    await add(registry, 'blog')
    const keys = await keysOf('blog')
    clock.ms += 1_000
    await registry.change('blog', { monthlyQuota: 5, origins: undefined })
    await registry.change('blog', { allowNoOrigin: true })
    expect((await registry.list())[0]).toEqual({
      ...{ id: 'blog', origins: ['https://blog.example'], allowNoOrigin: true, monthlyQuota: 5, keys },
      ...{ createdAt: new Date(start).toISOString(), changedAt: new Date(start + 1_001).toISOString() },
    })
    await registry.change('blog', { monthlyQuota: null })
    expect((await registry.list())[0]?.monthlyQuota).toBeNull()
  })

  it('changes neither id nor keys', async () => {
    const { registry } = create()
    await add(registry, 'blog')
    for (const change of [{ id: 'other' }, { keys: [] }, { createdAt: '' }]) {
      expect(await registry.change('blog', change as object)).toMatchObject({ status: 'invalid' })
    }
  })

  it('says what it cannot change', async () => {
    const { registry } = create()
    expect(await registry.change('nobody', {})).toEqual({ status: 'unknown' })
    expect(await registry.change('fixed', {})).toEqual({ status: 'fixed' })
    expect(await registry.rotate('nobody', { kind: 'public' })).toEqual({ status: 'unknown' })
    expect(await registry.rotate('fixed', { kind: 'public' })).toEqual({ status: 'fixed' })
    expect(await registry.revoke('fixed')).toEqual({ status: 'fixed' })
  })
})

describe('rotate', () => {
  it('ends the old key at once where no grace is given', async () => {
    const { registry, keysOf } = create()
    const keys = await add(registry, 'blog')
    const outcome = await registry.rotate('blog', { kind: 'secret' })
    if (outcome.status !== 'done') throw new Error('not done')
    expect(await keysOf('blog')).toEqual([
      { kind: 'public', value: keys.public, expiresAt: null },
      { kind: 'secret', value: hash(outcome.key), expiresAt: null },
    ])
  })

  it('keeps the old key for the grace, and never for longer than an earlier change said', async () => {
    const { clock, registry, keysOf } = create()
    const first = await add(registry, 'blog')
    const second = await registry.rotate('blog', { kind: 'public', graceMs: 60_000 })
    clock.ms += 10_000
    const third = await registry.rotate('blog', { kind: 'public', graceMs: 3_600_000 })
    if (second.status !== 'done' || third.status !== 'done') throw new Error('not done')
    const publicKeys = (await keysOf('blog'))?.filter(({ kind }) => kind === 'public')
    expect(publicKeys).toEqual([
      { kind: 'public', value: first.public, expiresAt: new Date(start + 60_000).toISOString() },
      { kind: 'public', value: second.key, expiresAt: new Date(start + 3_610_000).toISOString() },
      { kind: 'public', value: third.key, expiresAt: null },
    ])
    // Without grace it ends those that still had one: somebody has seen a key.
    await registry.rotate('blog', { kind: 'public' })
    expect((await keysOf('blog'))?.filter(({ kind }) => kind === 'public')).toHaveLength(1)
  })

  it.each([
    {},
    { kind: 'both' },
    { kind: 'public', graceMs: -1 },
    { kind: 'public', graceMs: 1e12 },
    { kind: 'public', x: 1 },
  ])('refuses %j', async (given) => {
    const { registry } = create()
    await add(registry, 'blog')
    expect(await registry.rotate('blog', given as { kind: 'public' })).toMatchObject({ status: 'invalid' })
  })

  it('takes back nothing that another process has changed meanwhile, a key that was ended least of all', async () => {
    const store = sqliteStore({ path: ':memory:' })
    const [one, two] = [createProjectRegistry({ store }), createProjectRegistry({ store })]
    const keys = await add(one, 'blog')
    const changes = [1, 2, 3, 4, 5].map((monthlyQuota) => two.change('blog', { monthlyQuota }))
    await Promise.all([...changes, one.revoke('blog', { kind: 'secret' }), two.change('blog', { allowNoOrigin: true })])
    expect(await store.projects()).toMatchObject([{ allowNoOrigin: true, keys: [{ value: keys.public }] }])
    const both = await Promise.all([one.create({ id: 'new' }), two.create({ id: 'new' })])
    expect(both.map(({ status }) => status).sort()).toEqual(['done', 'taken'])
  })

  it('takes changes that come at the same time one after another', async () => {
    const { registry, keysOf } = create()
    await add(registry, 'blog')
    const rotations = Array.from({ length: 5 }, () => registry.rotate('blog', { kind: 'public', graceMs: 1_000 }))
    await Promise.all([...rotations, registry.change('blog', { monthlyQuota: 1 })])
    expect((await keysOf('blog'))?.filter(({ kind }) => kind === 'public')).toHaveLength(6)
    expect((await registry.list())[0]?.monthlyQuota).toBe(1)
  })
})

describe('revoke', () => {
  it('takes the keys of one kind, or all of them', async () => {
    const { registry, keysOf } = create()
    await add(registry, 'blog')
    await registry.revoke('blog', { kind: 'secret' })
    expect((await keysOf('blog'))?.map(({ kind }) => kind)).toEqual(['public'])
    await registry.revoke('blog')
    expect(await keysOf('blog')).toEqual([])
    await registry.rotate('blog', { kind: 'public' })
    expect(await keysOf('blog')).toHaveLength(1)
  })
})
