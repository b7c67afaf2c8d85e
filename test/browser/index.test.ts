import { beforeEach, describe, expect, it } from 'vitest'
import * as entry from '../../src/browser/index'

beforeEach(() => {
  localStorage.clear()
  for (const name of ['__anon_id', '__user_id', '__fh_session']) {
    for (const domain of ['', ';domain=example.com'])
      document.cookie = `${name}=;expires=Thu, 01 Jan 1970 00:00:00 GMT;path=/${domain}`
  }
})

describe('firsthand in a page', () => {
  it('exports Analytics as default and by two names, EVENTS and CONSTANTS', () => {
    expect(Object.keys(entry).sort()).toEqual(['Analytics', 'CONSTANTS', 'EVENTS', 'default', 'init'])
    expect(entry.default).toBe(entry.Analytics)
    expect(entry.init).toBe(entry.Analytics)
  })

  it('keeps both ids and the session in cookies, traits in localStorage', async () => {
    const analytics = entry.Analytics({ app: 'site', cookieDomain: '' })
    const { payload } = await analytics.page()
    expect(payload).toMatchObject({ type: 'pageEnd', userId: null, properties: { url: location.href } })
    await analytics.identify('userid-123', { plan: 'team' })
    const cookies = Object.fromEntries(document.cookie.split('; ').map((text) => text.split('=')))
    expect(cookies).toMatchObject({ __anon_id: payload.anonymousId, __user_id: 'userid-123' })
    expect(cookies.__fh_session).toMatch(new RegExp(`^1\\.${payload.meta.session?.id}\\.1\\.`))
    expect({ ...localStorage }).toMatchObject({ __user_traits: '{"plan":"team"}' })
    const second = entry.Analytics({ cookieDomain: '' })
    expect(second.user()).toEqual(analytics.user())
    await second.page()
    await analytics.reset()
    expect(document.cookie).toBe('__fh_session=0')
    expect({ ...localStorage }).not.toHaveProperty('__user_traits')
  })

  it('puts the context of the page under meta', async () => {
    const { payload } = await entry.init().track('buttonClicked')
    expect(payload.meta.context).toMatchObject({ page: { path: '/' }, library: { name: 'firsthand' } })
    expect(payload.meta.session).toMatchObject({ number: 1 })
  })
})
