import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createBrowserStorage } from '../../src/browser/storage'
import { createClient } from '../../src/core/client'
import { createFakePlatform } from '../helpers/fake-platform'
import { fakeCookies } from './fake-cookies'

beforeEach(() => {
  vi.restoreAllMocks()
  localStorage.clear()
  sessionStorage.clear()
})

/** What stands in cookies (encoded as it is) and in localStorage before our first page. */
function world(cookies: Record<string, string>, local: Record<string, unknown> = {}, isBlocked = false) {
  const { values, writes } = fakeCookies([], isBlocked)
  for (const [name, value] of Object.entries(cookies)) values.set(`${name}@`, value)
  for (const [name, value] of Object.entries(local)) localStorage.setItem(name, JSON.stringify(value))
  const open = async () => {
    const platform = createFakePlatform({ storage: createBrowserStorage(''), id: () => `new-${Math.random()}` })
    const analytics = createClient({}, platform)
    await platform.settle()
    return analytics
  }
  const cookie = (name: string) => values.get(`${name}@`)
  return { open, cookie, values, writes }
}

const traits = { plan: 'team' }

describe('what analytics left', () => {
  const left = { __anon_id: 'anonymous-1', __user_id: 'alice', __user_traits: traits }

  it('in localStorage is taken over, ids to cookies, traits with whose they are', async () => {
    const { open, cookie, writes } = world({}, left)
    const expected = { userId: 'alice', anonymousId: 'anonymous-1', traits }
    expect((await open()).user()).toEqual(expected)
    expect([cookie('__anon_id'), cookie('__user_id')]).toEqual(['anonymous-1', 'alice'])
    expect(localStorage.getItem('__fh_traits_of')).toBe('"alice"')
    const count = writes.length
    expect((await open()).user()).toEqual(expected)
    expect(writes).toHaveLength(count)
  })

  it('of somebody who was not logged in is taken over, traits included', async () => {
    const { open, cookie } = world({}, { __anon_id: 'anonymous-1', __user_traits: traits })
    const expected = { userId: null, anonymousId: 'anonymous-1', traits }
    expect((await open()).user()).toEqual(expected)
    expect((await open()).user()).toEqual(expected)
    expect(cookie('__anon_id')).toBe('anonymous-1')
  })

  it('in cookies, where they are JSON, is taken over', async () => {
    const json = Object.entries(left).map(([name, value]) => [name, encodeURIComponent(JSON.stringify(value))])
    const { open, cookie } = world(Object.fromEntries(json))
    const expected = { userId: 'alice', anonymousId: 'anonymous-1', traits }
    expect((await open()).user()).toEqual(expected)
    expect([cookie('__anon_id'), cookie('__user_id')]).toEqual(['anonymous-1', 'alice'])
    expect((await open()).user()).toEqual(expected)
  })

  it('is kept where cookies are refused', async () => {
    const { open } = world({}, left, true)
    for (let page = 0; page < 2; page++) {
      expect((await open()).user()).toEqual({ userId: 'alice', anonymousId: 'anonymous-1', traits })
    }
  })

  it('stays in localStorage, with what firsthand knows, for a page that runs both', async () => {
    const analytics = await world({}, left).open()
    await analytics.identify('bob')
    expect(localStorage.getItem('__anon_id')).toBe('"anonymous-1"')
    expect(localStorage.getItem('__user_id')).toBe('"bob"')
  })

  it('does not come back after a reset, at the next page or the one after', async () => {
    const { open } = world({}, left)
    await (await open()).reset()
    for (let page = 0; page < 2; page++) {
      const { userId, anonymousId, traits: found } = (await open()).user()
      expect({ userId, found }).toEqual({ userId: null, found: {} })
      expect(anonymousId).toMatch(/^new-/)
    }
  })

  it('on a subdomain is not taken for somebody else, who is known there by cookies', async () => {
    for (const cookies of [
      { __anon_id: 'mine', __user_id: 'bob' },
      { __anon_id: 'mine' },
      { __fh_session: '0' },
    ] as Record<string, string>[]) {
      const { open } = world(cookies, left)
      const user = (await open()).user()
      expect(user).toEqual({ userId: cookies.__user_id ?? null, traits: {}, anonymousId: expect.any(String) })
      expect(user.anonymousId).not.toBe('anonymous-1')
      vi.restoreAllMocks()
    }
  })
})

describe('what Segment left', () => {
  const expected = { userId: 'alice', anonymousId: 'anonymous-1', traits }
  const quoted = (id: string) => encodeURIComponent(JSON.stringify(id))
  const local = { ajs_anonymous_id: 'anonymous-1', ajs_user_id: 'alice', ajs_user_traits: traits }

  it.each([
    ['plain cookies', { ajs_anonymous_id: 'anonymous-1', ajs_user_id: 'alice' }],
    ['cookies in quotes', { ajs_anonymous_id: quoted('anonymous-1'), ajs_user_id: quoted('alice') }],
    ['localStorage alone', {}],
  ])('in %s is taken over', async (_, cookies) => {
    const { open, cookie } = world(cookies, local)
    expect((await open()).user()).toEqual(expected)
    expect([cookie('__anon_id'), cookie('__user_id')]).toEqual(['anonymous-1', 'alice'])
    for (const name in cookies) expect(cookie(name)).toBe((cookies as Record<string, string>)[name])
    expect((await open()).user()).toEqual(expected)
  })

  it('keeps numbers as they are written, and `null` is nobody', async () => {
    const first = world({ ajs_anonymous_id: '9007199254740993', ajs_user_id: 'null' })
    expect((await first.open()).user()).toMatchObject({ userId: null, anonymousId: '9007199254740993' })
  })

  it('gives traits only with the id of the same origin', async () => {
    const { open } = world({ ajs_anonymous_id: 'anonymous-1', ajs_user_id: 'bob' }, local)
    expect((await open()).user()).toEqual({ userId: 'bob', anonymousId: 'anonymous-1', traits: {} })
  })

  it('is not taken where one of the ids is ours', async () => {
    const { open } = world({ __anon_id: 'mine', ajs_anonymous_id: 'anonymous-1', ajs_user_id: 'alice' }, local)
    expect((await open()).user()).toEqual({ userId: null, anonymousId: 'mine', traits: {} })
  })

  it('does not come back after a reset, although it is left alone', async () => {
    const { open, cookie } = world({ ajs_anonymous_id: 'anonymous-1', ajs_user_id: 'alice' }, local)
    await (await open()).reset()
    expect(cookie('ajs_user_id')).toBe('alice')
    for (let page = 0; page < 2; page++) {
      const analytics = await open()
      expect(analytics.user()).toEqual({ userId: null, traits: {}, anonymousId: expect.any(String) })
      expect(analytics.user('anonymousId')).toMatch(/^new-/)
    }
  })

  it('does not come back after a reset where cookies are refused', async () => {
    const { open } = world({}, local, true)
    const analytics = await open()
    expect(analytics.user()).toEqual(expected)
    await analytics.reset()
    for (let page = 0; page < 2; page++)
      expect((await open()).user()).toEqual({ userId: null, traits: {}, anonymousId: expect.any(String) })
  })
})
