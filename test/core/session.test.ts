import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import type { EventSession } from '../../src/core/event'
import { createSession } from '../../src/core/session'
import { createFakePlatform, createFakeStorage, FAKE_START } from '../helpers/fake-platform'

const minute = 60_000

function setUp(storage = createFakeStorage(), timeoutMs = 30 * minute, sessionAtMidnight = false) {
  const platform = createFakePlatform({ storage })
  const started: EventSession[] = []
  const options = { sessionTimeoutMs: timeoutMs, sessionAtMidnight }
  const session = createSession({ ...platform, storage }, options, (begun) => void started.push(begun))
  return { platform, storage, started, session, tab: () => setUp(storage, timeoutMs) }
}

describe('a session', () => {
  it('lasts as long as events come within 30 minutes', () => {
    const { session, platform, started } = setUp()
    const first = session.touch()
    expect(first).toEqual({ id: 'id-1', number: 1, start: FAKE_START })
    for (let times = 0; times < 10; times++) {
      platform.clock.jump(29 * minute)
      expect(session.touch()).toEqual(first)
    }
    platform.clock.jump(31 * minute)
    expect(session.touch()).toEqual({ id: 'id-2', number: 2, start: platform.now() })
    expect(started).toHaveLength(2)
  })

  it('is written as 1.<id>.<number>.<start>.<last activity>, times in base 36', () => {
    const { session, storage, platform } = setUp()
    session.touch()
    platform.clock.jump(minute)
    session.touch()
    expect(storage.items.get('__fh_session')).toBe(
      `1.id-1.1.${FAKE_START.toString(36)}.${(FAKE_START + minute).toString(36)}`,
    )
  })

  it('is written at most every 10 seconds', () => {
    const { session, storage, platform } = setUp()
    for (let times = 0; times < 600; times++) {
      session.touch()
      platform.clock.jump(100)
    }
    expect(storage.writes).toHaveLength(6)
  })

  it('is shared by tabs: a busy one keeps it alive for an idle one', () => {
    const { session, platform, storage } = setUp()
    const first = session.touch()
    platform.clock.jump(20 * minute)
    storage.items.set('__fh_session', `1.id-1.1.${FAKE_START.toString(36)}.${platform.now().toString(36)}`)
    platform.clock.jump(20 * minute)
    expect(session.touch()).toEqual(first)
  })

  it('that another tab began is taken up', () => {
    const { session, platform, storage } = setUp()
    session.touch()
    platform.clock.jump(31 * minute)
    const now = platform.now().toString(36)
    storage.items.set('__fh_session', `1.other.2.${now}.${now}`)
    expect(session.touch()).toEqual({ id: 'other', number: 2, start: platform.now() })
  })

  it('counts no further than 9 digits, which is all that is read', () => {
    const { session, storage, tab } = setUp()
    storage.items.set('__fh_session', '1.old.999999999.1.1')
    expect(session.touch().number).toBe(999_999_999)
    expect(tab().session.current()?.number).toBe(999_999_999)
  })

  it('survives a reload', () => {
    const { session, tab, storage } = setUp()
    const first = session.touch()
    const next = tab()
    expect(next.session.touch()).toEqual(first)
    expect(next.started).toEqual([])
    expect(storage.writes).toHaveLength(1)
  })

  it.each([
    '',
    '1',
    'x',
    '2.abc.1.a.b',
    '1..1.a.b',
    '1.abc.0.a.b',
    '1.abc.-1.a.b',
    '1.a b.1.a.b',
    '1.abc.1.a',
    '1.abc.1.a.b.c',
    `1.${'a'.repeat(65)}.1.a.b`,
    '1.abc.1.A.B',
    '%',
    '{"id":1}',
    null,
    undefined,
    5,
    {},
  ])('is new where storage holds %j', (text) => {
    const storage = createFakeStorage()
    storage.items.set('__fh_session', text)
    expect(setUp(storage).session.touch()).toEqual({ id: 'id-1', number: 1, start: FAKE_START })
  })

  it('is new once for each jump of the clock by more than its timeout, forward or back', () => {
    const { session, platform, started } = setUp()
    for (const jump of [0, 1000 * minute, 0, 0, -1000 * minute, 0, 11_000, 11_000]) {
      platform.clock.jump(jump)
      session.touch()
    }
    expect(started).toHaveLength(3)
  })

  it('goes on when the clock is corrected a little', () => {
    const { session, platform, started } = setUp()
    session.touch()
    for (let times = 0; times < 20; times++) {
      platform.clock.jump(-minute)
      session.touch()
    }
    expect(started).toHaveLength(1)
  })

  it('may last shorter than the interval of writing', () => {
    const { session, platform, started } = setUp(createFakeStorage(), 1000)
    session.touch()
    platform.clock.jump(1500)
    session.touch()
    expect(started).toHaveLength(2)
  })
})

describe('a session that ends at midnight', () => {
  const midnightAfter = (ms: number) => new Date(ms).setHours(24, 0, 0, 0)

  it('goes on until then, and the next event starts another, by the clock of the visitor', () => {
    const { session, platform, started } = setUp(createFakeStorage(), 30 * minute, true)
    platform.clock.jump(midnightAfter(platform.now()) - platform.now() - 5000)
    const first = session.touch()
    platform.clock.jump(4000)
    expect(session.touch()).toEqual(first)
    platform.clock.jump(2000)
    expect(session.current()).toBeNull()
    expect(session.touch()).toMatchObject({ number: 2 })
    expect(started).toHaveLength(2)
  })

  it('is one for two tabs that are both open at midnight', () => {
    const { session, platform, storage } = setUp(undefined, undefined, true)
    platform.clock.now = new Date('2026-11-20T23:59:55').getTime()
    const options = { sessionTimeoutMs: 30 * minute, sessionAtMidnight: true }
    const other = createSession({ ...platform, storage }, options, () => {})
    expect(other.touch()).toEqual(session.touch())
    platform.clock.jump(6000)
    expect(other.touch()).toEqual(session.touch())
  })

  it('is new once for each day that a clock jumps to', () => {
    const { session, platform, started } = setUp(createFakeStorage(), 48 * 60 * minute, true)
    for (const jump of [0, 24 * 60 * minute, 0, 1000, -24 * 60 * minute, 0, 1000, 11_000]) {
      platform.clock.jump(jump)
      session.touch()
    }
    expect(started).toHaveLength(3)
  })

  it('is an option: without it midnight changes nothing', () => {
    const { session, platform } = setUp()
    platform.clock.jump(midnightAfter(platform.now()) - platform.now() - 5000)
    const first = session.touch()
    platform.clock.jump(10_000)
    expect(session.touch()).toEqual(first)
  })
})

describe('a session that is asked for', () => {
  it('is the one that goes on, and none is started', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    expect(analytics.session()).toBeNull()
    expect(platform.storage.writes.filter((write) => /session/.test(write))).toEqual([])
    const { payload } = await analytics.track('x')
    expect(analytics.session()).toEqual(payload.meta.session)
    platform.clock.jump(29 * minute)
    expect(analytics.session()).toEqual(payload.meta.session)
    platform.clock.jump(2 * minute)
    expect(analytics.session()).toBeNull()
    expect((await analytics.track('x')).payload.meta.session).toMatchObject({ number: 2 })
  })

  it('is the one that another tab started', async () => {
    const storage = createFakeStorage()
    const [first, second] = [0, 1].map(() => createClient({}, createFakePlatform({ storage })))
    const { payload } = await (first as NonNullable<typeof first>).track('x')
    expect(second?.session()).toEqual(payload.meta.session)
  })

  it('is none after a reset', async () => {
    const analytics = createClient({}, createFakePlatform())
    await analytics.track('x')
    await analytics.reset()
    expect(analytics.session()).toBeNull()
  })
})

describe('a session that ends with its campaign', () => {
  function open(storage: ReturnType<typeof createFakeStorage>, query: Record<string, string>, atMs = FAKE_START) {
    const platform = createFakePlatform({ storage, id: () => `id-${Math.random().toString(36).slice(2)}` })
    platform.clock.jump(atMs - platform.now())
    platform.page.query = query
    return createClient({ sessionOnCampaign: true }, platform)
  }
  const numberOf = async (analytics: ReturnType<typeof open>) =>
    (await analytics.track('x')).payload.meta.session?.number

  it('is new where a page is entered by another one, also after a direct visit, and for pages after it the same', async () => {
    const storage = createFakeStorage()
    expect(await numberOf(open(storage, {}))).toBe(1)
    expect(await numberOf(open(storage, { utm_source: 'news' }))).toBe(2)
    expect(await numberOf(open(storage, {}))).toBe(2)
    expect(await numberOf(open(storage, { utm_source: 'news' }))).toBe(2)
    expect(await numberOf(open(storage, { gclid: 'abc' }))).toBe(3)
  })

  it('is over also where the page that was entered never had an event', async () => {
    const storage = createFakeStorage()
    const first = open(storage, {})
    expect(await numberOf(first)).toBe(1)
    open(storage, { utm_source: 'news' })
    await Promise.resolve()
    expect(await numberOf(open(storage, {}, FAKE_START + 1000))).toBe(2)
  })

  it('is one for two tabs that were entered by different ones', async () => {
    const storage = createFakeStorage()
    const platforms = ['a', 'b'].map((source) => {
      const platform = createFakePlatform({ storage, id: () => `id-${Math.random().toString(36).slice(2)}` })
      platform.page.query = { utm_source: source }
      return platform
    })
    const [a, b] = platforms.map((platform) => createClient({ sessionOnCampaign: true }, platform))
    const numbers = new Set<unknown>()
    for (let round = 0; round < 10; round++) {
      for (const tab of [a, b]) numbers.add((await tab?.track('x'))?.payload.meta.session?.number)
      for (const { clock } of platforms) clock.jump(minute)
    }
    expect(Math.max(...(numbers as Set<number>))).toBeLessThanOrEqual(2)
  })

  it('is an option: without it a campaign changes nothing', async () => {
    const storage = createFakeStorage()
    for (const source of ['a', 'b']) {
      const platform = createFakePlatform({ storage })
      platform.page.query = { utm_source: source }
      const { payload } = await createClient({}, platform).track('x')
      expect(payload.meta.session?.number).toBe(1)
    }
    expect(storage.items.has('__fh_campaign')).toBe(false)
  })
})

describe('sessionStart', () => {
  it('is told to plugins and to those who listen by name, before the event that starts it', async () => {
    const platform = createFakePlatform()
    const told: string[] = []
    const plugin = {
      name: 'a',
      sessionStart: () => void told.push('hook'),
      trackStart: () => void told.push('trackStart'),
    }
    const analytics = createClient({ plugins: [plugin], sessionTimeoutMs: minute }, platform)
    analytics.on('sessionStart', ({ payload }) => void told.push((payload.session as EventSession).id))
    analytics.on('*', ({ payload }) => void (/session/.test(payload.type) && told.push('star')))
    expect(analytics.getState('context.sessionId')).toBeNull()
    const { payload } = await analytics.track('x')
    await analytics.track('x')
    expect(told).toEqual(['hook', payload.meta.session?.id, 'trackStart', 'trackStart'])
    expect(analytics.getState('context.sessionId')).toBe(payload.meta.session?.id)
  })

  it('is told once, while every page that goes on with the visit shows it in its state', async () => {
    const storage = createFakeStorage()
    await createClient({}, createFakePlatform({ storage })).track('x')
    const next = createClient({}, createFakePlatform({ storage }))
    const told: unknown[] = []
    next.on('sessionStart', (argument) => void told.push(argument))
    const { payload } = await next.track('x')
    expect(told).toEqual([])
    expect(next.getState('context.sessionId')).toBe(payload.meta.session?.id)
  })
})
