import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import type { EventSession } from '../../src/core/event'
import { createSession } from '../../src/core/session'
import { createFakePlatform, createFakeStorage, FAKE_START } from '../helpers/fake-platform'

const minute = 60_000

function setUp(storage = createFakeStorage(), timeoutMs = 30 * minute) {
  const platform = createFakePlatform({ storage })
  const started: EventSession[] = []
  const session = createSession(storage, platform.now, platform.id, timeoutMs, (begun) => void started.push(begun))
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
