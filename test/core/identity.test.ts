import { describe, expect, it } from 'vitest'
import type { Analytics } from '../../src/core/analytics'
import { createClient } from '../../src/core/client'
import { createMemoryStorage } from '../../src/core/memory-storage'
import type { Payload } from '../../src/core/payload'
import { captureTransport } from '../helpers/capture-transport'
import { answered, createFakePlatform, createFakeStorage } from '../helpers/fake-platform'

type Argument = { payload: Payload; abort(reason?: string): unknown }

describe('a visitor', () => {
  it('has an anonymous id from creation on, which is stored when the client starts', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    expect(analytics.user()).toEqual({ userId: null, anonymousId: 'id-1', traits: {} })
    expect(platform.storage.items.size).toBe(0)
    await platform.settle()
    expect(Object.fromEntries(platform.storage.items)).toEqual({ __anon_id: 'id-1' })
  })

  it('is the same in the next page, and what did not change is not written again', async () => {
    const storage = createFakeStorage()
    const first = createClient({}, createFakePlatform({ storage }))
    await first.identify('alice', { plan: 'team' })
    const writes = storage.writes.length
    const second = createClient({}, createFakePlatform({ storage }))
    await second.track('x')
    expect(second.user()).toEqual({ ...first.user(), traits: { plan: 'team' } })
    expect(storage.writes.slice(writes)).toEqual([])
  })

  it('is whom another tab logged in, also where this one was not told', async () => {
    const storage = createFakeStorage()
    const first = createClient({}, createFakePlatform({ storage }))
    await first.identify('alice', { email: 'alice@example.com' })
    const second = createClient({}, createFakePlatform({ storage }))
    await first.reset()
    await first.identify('bob')
    const { payload } = await second.track('x')
    expect(payload).toMatchObject({ userId: 'bob', anonymousId: first.user('anonymousId') })
    await second.identify({ plan: 'team' })
    expect(second.user()).toEqual({ userId: 'bob', anonymousId: first.user('anonymousId'), traits: { plan: 'team' } })
  })

  it.each(['at its next event', 'when it is shown again'])(
    'has another visit where another tab logged out and somebody else in, %s',
    async (when) => {
      const storage = createFakeStorage()
      const open = (name: string) => {
        let last = 0
        const platform = createFakePlatform({ storage, id: () => `${name}-${++last}` })
        return { platform, analytics: createClient({}, platform) }
      }
      const [first, second] = [open('first'), open('second')]
      await first.analytics.identify('alice')
      const { session: before } = (await second.analytics.track('x')).payload.meta
      await first.analytics.reset()
      const { session } = (await first.analytics.identify('bob')).payload.meta
      expect(session?.id).not.toBe(before?.id)
      await second.platform.clock.advance(200)
      if (when === 'when it is shown again') {
        second.platform.lifecycle.return()
        expect(second.analytics.session()).toEqual(session)
      }
      expect((await second.analytics.track('x')).payload).toMatchObject({ userId: 'bob', meta: { session } })
    },
  )

  it('is looked for in storage at most ten times a second, since a look costs more than a call', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    await analytics.identify('alice')
    platform.storage.items.set('__user_id', 'bob')
    await platform.clock.advance(99)
    expect((await analytics.track('x')).payload.userId).toBe('alice')
    await platform.clock.advance(1)
    expect((await analytics.track('x')).payload.userId).toBe('bob')
    platform.storage.items.set('__user_id', 'carol')
    platform.clock.jump(-5000)
    expect((await analytics.track('x')).payload.userId).toBe('carol')
  })

  it('is known when identify returns, traits merged', () => {
    const analytics = createClient({}, createFakePlatform())
    analytics.identify('alice', { plan: 'team' })
    analytics.identify('alice', { seats: 3 })
    expect(analytics.user('userId')).toBe('alice')
    expect(analytics.user('id')).toBe('alice')
    expect(analytics.user('anonId')).toBe('id-1')
    expect(analytics.user('traits')).toEqual({ plan: 'team', seats: 3 })
    expect(analytics.user('traits.seats')).toBe(3)
  })

  it('is known when identify returns although a hook is waited for, and unknown again if that aborts', async () => {
    const platform = createFakePlatform()
    const gate = {
      name: 'gate',
      identifyStart: async ({ payload, abort }: Argument) => payload.userId === 'mallory' && abort(),
    }
    const analytics = createClient({ plugins: [gate] }, platform)
    await analytics.identify('alice', { plan: 'team' })
    const call = analytics.identify('mallory')
    expect(analytics.user('userId')).toBe('mallory')
    expect(platform.storage.items.get('__user_id')).toBe('mallory')
    await call
    expect(analytics.user()).toMatchObject({ userId: 'alice', traits: { plan: 'team' } })
    expect(platform.storage.items.get('__user_id')).toBe('alice')
    expect(platform.storage.items.get('__user_traits')).toEqual({ plan: 'team' })
  })

  it('does not become known where a hook aborts', () => {
    const analytics = createClient(
      { plugins: [{ name: 'gate', identifyStart: () => ({ abort: true }) }] },
      createFakePlatform(),
    )
    analytics.identify('alice')
    expect(analytics.user('userId')).toBeNull()
  })

  it('takes numbers as ids, and no id that could not be stored', async () => {
    const analytics = createClient({}, createFakePlatform())
    const errors: unknown[] = []
    analytics.on('error', ({ payload }) => void errors.push(payload.error))
    expect((await analytics.identify(42)).payload.userId).toBe('42')
    for (const id of ['a;b', 'a\nb', 'x'.repeat(201), '<script>']) await analytics.identify(id)
    expect(analytics.user('userId')).toBe('42')
    expect(errors).toHaveLength(4)
  })

  it('leaves no traits to the next user, in memory or in storage', async () => {
    const storage = createFakeStorage()
    const analytics = createClient({}, createFakePlatform({ storage }))
    const changes: unknown[] = []
    analytics.on('userIdChanged', ({ payload }) => void changes.push([payload.old, payload.new]))
    await analytics.identify('alice', { secret: 1 })
    const { payload } = await analytics.identify('bob', { plan: 'b' })
    expect(payload.previousId).toBe('alice')
    expect(analytics.user('traits')).toEqual({ plan: 'b' })
    expect(changes).toEqual([
      [
        { userId: 'alice', traits: { secret: 1 } },
        { userId: 'bob', traits: { plan: 'b' } },
      ],
    ])
    // Another subdomain has logged somebody else in; localStorage is not shared with it, cookies are.
    storage.items.set('__user_id', 'carol')
    const { userId, traits } = createClient({}, createFakePlatform({ storage })).user()
    expect({ userId, traits }).toEqual({ userId: 'carol', traits: {} })
  })

  it('is forgotten by reset, with all that is stored, and gets a new anonymous id at the next event', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    await analytics.identify('alice', { plan: 'team' })
    const before = analytics.user('anonymousId')
    const session = (await analytics.track('x')).payload.meta.session
    await analytics.reset()
    expect(analytics.user()).toEqual({ userId: null, anonymousId: null, traits: {} })
    expect(Object.fromEntries(platform.storage.items)).toEqual({ __fh_session: '0' })
    const { payload } = await analytics.track('x')
    expect(payload.anonymousId).toBeTruthy()
    expect(payload.anonymousId).not.toBe(before)
    expect(payload.meta.session).toMatchObject({ number: 1 })
    expect(payload.meta.session?.id).not.toBe(session?.id)
  })

  it('is one for two clients of a page at once, whoever of them changes it', async () => {
    const platform = createFakePlatform()
    const [first, second] = [createClient({}, platform), createClient({}, platform)]
    await first.identify('alice')
    expect((await second.track('x')).payload.userId).toBe('alice')
    await first.reset()
    expect((await second.track('x')).payload.userId).toBeNull()
  })

  it('has the traits of this origin only as long as the ids of the site are theirs', async () => {
    const storage = createFakeStorage()
    const first = createClient({}, createFakePlatform({ storage }))
    await first.identify({ email: 'alice@example.com' })
    expect(createClient({}, createFakePlatform({ storage })).user('traits')).toEqual({ email: 'alice@example.com' })
    // Another subdomain has forgotten her: cookies are the same there, localStorage is not.
    storage.items.set('__anon_id', 'next')
    const second = createClient({}, createFakePlatform({ storage }))
    await second.identify('bob')
    expect(second.user()).toEqual({ userId: 'bob', anonymousId: 'next', traits: {} })
  })

  it('keeps the traits under another anonymous id', async () => {
    const storage = createFakeStorage()
    const first = createClient({}, createFakePlatform({ storage }))
    await first.identify({ plan: 'team' })
    await first.setAnonymousId('linked')
    const second = createClient({}, createFakePlatform({ storage }))
    expect(second.user()).toEqual({ userId: null, anonymousId: 'linked', traits: { plan: 'team' } })
  })

  it('does not come back with cookies that a late answer sets again after the log-out', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    await analytics.identify('alice')
    const { __anon_id, __user_id } = Object.fromEntries(platform.storage.items)
    await analytics.reset()
    await analytics.track('x')
    const next = analytics.user()
    platform.storage.items.set('__anon_id', __anon_id).set('__user_id', __user_id)
    await platform.clock.advance(200)
    expect((await analytics.track('x')).payload).toMatchObject({ userId: null, anonymousId: next.anonymousId })
    expect(platform.storage.items.get('__anon_id')).toBe(next.anonymousId)
    expect(platform.storage.items.has('__user_id')).toBe(false)
  })

  it.each([
    ['a log-out', (analytics: Analytics) => analytics.reset(), { userId: null, anonymousId: null }],
    ['a log-in of somebody else', (analytics: Analytics) => analytics.identify('bob'), { userId: 'bob' }],
  ])('does not come back with an answer that was under way at %s, before any further call', async (_, change, now) => {
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [captureTransport('t')] }, platform)
    await analytics.identify('alice', { plan: 'team' })
    await analytics.flush()
    analytics.track('x')
    let answer = () => {}
    platform.answers.push(() => new Promise((resolve) => (answer = () => resolve(answered(200, '{}')))))
    const flushed = analytics.flush()
    await platform.settle()
    const cookies = [...platform.storage.items].filter(([key]) => /^__(anon_id|user_id|fh_session|fh_first)$/.test(key))
    await change(analytics)
    const after = new Map(platform.storage.items)
    for (const [key, value] of cookies) platform.storage.items.set(key, value)
    answer()
    await flushed
    expect(analytics.user()).toMatchObject(now)
    expect(platform.storage.items).toEqual(after)
    const { session } = (await analytics.track('y')).payload.meta
    if (!now.userId) expect(cookies.find(([key]) => key === '__fh_session')?.[1]).not.toContain(session?.id)
  })

  it('is one for two clients of a page, and does not come back with the second when the first forgets it', async () => {
    const storage = createFakeStorage()
    const open = (ids: string) => createClient({}, createFakePlatform({ storage, id: () => ids }))
    const [first, second] = [open('first'), open('second')]
    await Promise.all([first.track('x'), second.track('x')])
    expect([first, second].map((client) => client.user('anonymousId'))).toEqual(['first', 'first'])
    await first.identify('alice')
    const third = open('third')
    await first.reset()
    await third.track('x')
    expect(third.user()).toEqual({ userId: null, anonymousId: 'third', traits: {} })
    expect(storage.items.has('__user_id')).toBe(false)
  })

  it('may be given at creation, which goes before what is stored', async () => {
    const storage = createFakeStorage()
    await createClient({}, createFakePlatform({ storage })).identify('alice', { plan: 'team' })
    const initialUser = { userId: 7, anonymousId: 'given', traits: { plan: 'b' } }
    const analytics = createClient({ initialUser }, createFakePlatform({ storage }))
    await analytics.track('x')
    expect(analytics.user()).toEqual({ userId: '7', anonymousId: 'given', traits: { plan: 'b' } })
    expect(storage.items.get('__user_id')).toBe('7')
  })

  it('logs in or out in another tab, which is seen when this tab is shown again', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    await analytics.identify('alice', { plan: 'team' })
    for (const key of platform.storage.items.keys()) platform.storage.items.delete(key)
    expect(analytics.user('userId')).toBe('alice')
    platform.lifecycle.return()
    expect(analytics.user()).toEqual({ userId: null, anonymousId: null, traits: {} })
  })

  it('is not lost when the tab is shown again where a plugin keeps storage from being written', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({ plugins: [{ name: 'none', setItemStart: () => ({ abort: true }) }] }, platform)
    await analytics.identify('alice')
    expect([...platform.storage.items.keys()]).toEqual(['__fh_session'])
    platform.lifecycle.return()
    expect(analytics.user('userId')).toBe('alice')
  })

  it.each([undefined, 17, {}, '', 'a;b', '"><script>', 'x'.repeat(201), '\u0000', '\ud800'])(
    'does not trust what is stored as id: %j',
    (value) => {
      const storage = createFakeStorage()
      storage.items.set('__anon_id', value).set('__user_id', value)
      const analytics = createClient({}, createFakePlatform({ storage }))
      const isNumber = typeof value === 'number'
      expect(analytics.user()).toMatchObject(
        isNumber ? { userId: '17', anonymousId: '17' } : { userId: null, anonymousId: 'id-1' },
      )
    },
  )

  it('is kept where options.storage says, and in memory where it is null', async () => {
    const [storage, platform] = [createMemoryStorage(), createFakePlatform()]
    await createClient({ storage }, platform).track('x')
    await createClient({ storage: null }, platform).track('x')
    expect(platform.storage.writes).toEqual([])
    expect(storage.getItem('__anon_id')).toBe('id-1')
  })

  it('gets the anonymous id that setAnonymousId or storage.setItem gives', () => {
    const analytics = createClient({}, createFakePlatform())
    analytics.setAnonymousId('mine')
    expect(analytics.user('anonymousId')).toBe('mine')
    expect(analytics.storage.getItem('__anon_id')).toBe('mine')
  })
})
