import { beforeEach, describe, expect, it, vi } from 'vitest'
import { context, pageProperties, query } from '../../src/browser/page-info'
import { LIBRARY } from '../../src/core/version'

const world = window as unknown as { happyDOM: { setURL(url: string): void } }

beforeEach(() => {
  document.head.innerHTML = ''
  document.title = 'Prices'
  world.happyDOM.setURL('https://www.example.com/a/b?x=1&utm_source=n%C3%A9ws&x=2&utm_campaign=s+p#top')
})

describe('what is known of a page', () => {
  it('has client hints where the browser tells them without being asked', () => {
    expect(context()).not.toHaveProperty('userAgentData')
    const hints = { brands: [{ brand: 'Chromium', version: '156' }], mobile: false, platform: 'Linux' }
    const toJSON = vi.fn(() => hints)
    const userAgentData = { ...hints, getHighEntropyValues() {}, toJSON }
    Object.defineProperty(navigator, 'userAgentData', { value: userAgentData, configurable: true })
    expect(context().userAgentData).toEqual(hints)
    expect(context().userAgentData).not.toBe(context().userAgentData)
    // Asked once for a page: each answer is made anew.
    expect(toJSON).toHaveBeenCalledTimes(1)
    Reflect.deleteProperty(navigator, 'userAgentData')
  })

  it.each(['?utm_source=%zz&utm_medium=%E0%A4%A', '?%', '?=&&=', '?__proto__=1&utm___proto__=2'])(
    'never throws where the address is %s',
    (search) => {
      world.happyDOM.setURL(`https://www.example.com/${search}`)
      expect(() => [context(), query()]).not.toThrow()
    },
  )

  it('is its title, address without hash, size, and no empty referrer', () => {
    expect(pageProperties()).toEqual({
      title: 'Prices',
      url: 'https://www.example.com/a/b?x=1&utm_source=n%C3%A9ws&x=2&utm_campaign=s+p',
      path: '/a/b',
      hash: '#top',
      search: '?x=1&utm_source=n%C3%A9ws&x=2&utm_campaign=s+p',
      width: innerWidth,
      height: innerHeight,
    })
  })

  it('is new at each call, so that nobody changes it for others', () => {
    expect(pageProperties()).not.toBe(pageProperties())
    expect(context()).not.toBe(context())
    expect(context().page).not.toBe(context().page)
  })

  it('prefers the canonical address, with the parameters', () => {
    document.head.innerHTML = '<link rel="canonical" href="https://www.example.com/canonical">'
    expect(pageProperties()).toMatchObject({ path: '/canonical', url: expect.stringMatching(/canonical\?x=1/) })
  })

  it('has in the context where the visitor is, whatever the canonical address is', () => {
    document.head.innerHTML = '<link rel="canonical" href="https://elsewhere.example/canonical">'
    expect(new URL(context().page?.url as string).origin).toBe('https://www.example.com')
  })

  it('cuts an address in the context that would make an event too large', () => {
    const before = location.href
    world.happyDOM.setURL(`https://www.example.com/?x=${'y'.repeat(8000)}`)
    const { url, search } = context().page ?? {}
    expect([url?.length, search?.length]).toEqual([2048, 2048])
    world.happyDOM.setURL(before)
  })

  it('has the parameters decoded, the first of a name', () => {
    expect(query()).toEqual({ x: '1', utm_source: 'néws', utm_campaign: 's p' })
  })

  it('is the context of a call: library, page, campaign, locale, time zone, screen, viewport, user agent', () => {
    const found = context()
    expect(found).toEqual({
      library: LIBRARY,
      page: expect.objectContaining({ path: '/a/b', title: 'Prices' }),
      campaign: { source: 'néws', name: 's p' },
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      userAgent: navigator.userAgent,
      screen: { width: screen.width, height: screen.height },
      viewport: { width: innerWidth, height: innerHeight },
    })
    world.happyDOM.setURL('https://www.example.com/')
    expect(context()).not.toHaveProperty('campaign')
  })
})
