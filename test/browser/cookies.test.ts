import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createCookieJar } from '../../src/browser/cookies'
import { fakeCookies } from './fake-cookies'

const world = window as unknown as { happyDOM: { setURL(url: string): void } }

beforeEach(() => {
  vi.restoreAllMocks()
  world.happyDOM.setURL('https://www.example.com/')
})

describe('the cookie jar', () => {
  it('writes with path, SameSite, Secure, 400 days and the given domain', () => {
    const { writes } = fakeCookies()
    createCookieJar('example.com').setItem('a', 'value')
    expect(writes).toEqual([
      expect.stringMatching(/^a=value; path=\/; sameSite=Lax; secure; domain=example\.com; expires=/),
    ])
    const days = (Date.parse((writes[0] as string).replace(/.*expires=/, '')) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(400, 1)
  })

  it('is not Secure on http, and sets no domain where the option is empty', () => {
    world.happyDOM.setURL('http://www.example.com/')
    const { writes } = fakeCookies()
    createCookieJar('').setItem('a', 'value')
    expect(writes).toEqual([expect.stringMatching(/^a=value; path=\/; sameSite=Lax; expires=/)])
  })

  it.each(['plain', 'sp ace', 'ü€😀', 'a=b&c', '%', '%zz', '"quoted"', 'a,b', 'a;b', 'user@example.com'])(
    'gives %j back as it was',
    (value) => {
      fakeCookies()
      const jar = createCookieJar('')
      jar.setItem('a', value)
      expect(jar.getItem('a')).toBe(value)
    },
  )

  it('survives foreign cookies that cannot be decoded', () => {
    const { values } = fakeCookies()
    values.set('%E0%A4%A@', 'broken').set('b@', '%E0%A4%A').set('a@', 'value')
    const jar = createCookieJar('')
    expect([jar.getItem('a'), jar.getItem('b')]).toEqual(['value', undefined])
  })

  it.each([
    ['https://a.b.example.co.uk/', 'example.co.uk', 2],
    ['https://example.com/', 'example.com', 2],
    ['https://deep.down.shop.example.com/', 'example.com', 2],
    ['https://customer.pages.dev/', 'customer.pages.dev', 2],
  ])('takes at %s the widest domain that the browser accepts', (url, domain, probes) => {
    world.happyDOM.setURL(url)
    const { writes, values } = fakeCookies(['uk', 'co.uk', 'com', 'dev', 'pages.dev'])
    const jar = createCookieJar()
    jar.setItem('a', '1')
    expect(writes).toHaveLength(probes + 1)
    jar.setItem('a', '2')
    expect(writes).toHaveLength(probes + 2)
    expect([...values]).toEqual([[`a@${domain}`, '2']])
  })

  it.each(['http://127.0.0.1:8080/', 'http://localhost/', 'http://[::1]/'])('tries no domain on %s', (url) => {
    world.happyDOM.setURL(url)
    const { writes } = fakeCookies()
    createCookieJar().setItem('a', 'value')
    expect(writes).toHaveLength(1)
    expect(writes[0]).not.toContain('domain')
  })

  it('removes what was set with the domain and what was set without', () => {
    const { values } = fakeCookies()
    const jar = createCookieJar('example.com')
    values.set('a@', 'host')
    values.set('a@example.com', 'wide')
    jar.removeItem('a')
    expect(values.size).toBe(0)
  })

  it('removes what was set for a folder of the page, as `analytics` does', () => {
    const { values } = fakeCookies()
    world.happyDOM.setURL('https://www.example.com/shop/shoes/red')
    values.set('a@/shop/shoes', 'deep').set('a@/shop', 'folder').set('a@/shop/', 'slash').set('a@', 'own')
    createCookieJar('').removeItem('a')
    expect(values.size).toBe(0)
  })

  it('heals: what stands before a cookie of the same name goes when it is written', () => {
    const { values } = fakeCookies()
    values.set('a@', 'foreign')
    const jar = createCookieJar('example.com')
    jar.setItem('a', 'own')
    expect([...values]).toEqual([['a@example.com', 'own']])
  })

  it('keeps its cookies to this host where the probe cannot tell, as somebody left one', () => {
    const { values } = fakeCookies(['com'])
    world.happyDOM.setURL('https://example.com/')
    values.set('__fh_domain@', '1')
    createCookieJar().setItem('a', 'value')
    expect([...values.keys()]).toEqual(['__fh_domain@', 'a@'])
  })

  it('does not write to remove what is not there', () => {
    const { writes } = fakeCookies()
    createCookieJar('').removeItem('a')
    expect(writes).toEqual([])
  })
})
