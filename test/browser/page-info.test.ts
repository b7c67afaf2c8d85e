import { beforeEach, describe, expect, it } from 'vitest'
import { context, pageProperties, query } from '../../src/browser/page-info'
import { LIBRARY } from '../../src/core/version'

const world = window as unknown as { happyDOM: { setURL(url: string): void } }

beforeEach(() => {
  document.head.innerHTML = ''
  document.title = 'Prices'
  world.happyDOM.setURL('https://www.example.com/a/b?x=1&utm_source=n%C3%A9ws&x=2&utm_campaign=s+p#top')
})

describe('what is known of a page', () => {
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

  it('has the parameters decoded, the last of a name', () => {
    expect(query()).toEqual({ x: '2', utm_source: 'néws', utm_campaign: 's p' })
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
