import { describe, expect, it } from 'vitest'
import { createOriginList, parsePattern } from '../../src/collector/origin-list'

const list = createOriginList([
  'https://example.com',
  'https://*.example.org',
  'http://localhost:3000',
  'https://port.example:8443',
  'https://*.port.example:8443',
  'https://BÜCHER.example',
  'capacitor://localhost',
  'http://[::1]:8080',
])

const listed = [
  'https://example.com',
  'https://shop.example.org',
  'https://xn--shp-5qa.example.org',
  'http://localhost:3000',
  'https://port.example:8443',
  'https://a.port.example:8443',
  'https://xn--bcher-kva.example',
  'capacitor://localhost',
  'http://[::1]:8080',
]

/** On no list, whether they are read as an origin or as the address of a page. */
const foreign = [
  'null',
  '',
  ' ',
  'http://example.com',
  'https://example.com:8443',
  'https://www.example.com',
  'https://example.com.',
  'https://shop.example.org.',
  'https://example.com.evil.net',
  'https://evil-example.com',
  'https://example.org',
  'https://a.b.example.org',
  'https://.example.org',
  'https://*.example.org',
  'https://a,b.example.org',
  "https://a'.example.org",
  'https://evil.net,.example.org',
  'https://evilexample.org',
  'https://shop.example.org.evil.net',
  'https://shop.example.org:8443',
  'https://port.example',
  'https://a.port.example',
  'http://shop.example.org',
  'https://evil.com#.example.org',
  'https://evil.com/.example.org',
  'https://evil.com?.example.org',
  'https://evil.com\\.example.org',
  'https://evil.com%23.example.org',
  'https://example.com@evil.net',
  'https://shop.example.org@evil.net',
  'https://evil.net/https://example.com',
  'https://evil.net\\@example.com',
  'https://example.com, https://evil.net',
  'https://example.com,https://evil.net',
  'https://evil.net https://example.com',
  'http://localhost:3001',
  'http://localhost',
  'file://',
  'file:///etc/passwd',
  'data:text/html,x',
  'about:blank',
  'blob:https://example.com/0',
  'javascript://example.com/%0aalert(1)',
  'capacitor://other',
  'https://*.example.org.',
  'https://еxample.com',
  'https://xn--xample-2of.com',
]

describe('createOriginList', () => {
  it.each(listed)('has %s, as an origin and as an address', (origin) => {
    expect([list.hasOrigin(origin), list.hasUrl(origin)]).toEqual([true, true])
  })

  it.each(foreign)('does not have %j, neither as an origin nor as an address', (origin) => {
    expect([list.hasOrigin(origin), list.hasUrl(origin)]).toEqual([false, false])
  })

  it.each([
    'https://example.com/page?a=b#c',
    'https://EXAMPLE.com/',
    'https://example.com:443/',
    'https://user:password@example.com/',
    'https://bücher.example/a',
    ' https://shop.example.org/ ',
  ])('has the origin of the page %j, which is no origin itself', (address) => {
    expect([list.hasUrl(address), list.hasOrigin(address)]).toEqual([true, false])
  })

  it.each([
    'https://EXAMPLE.com',
    'https://example.com/',
    'https://example.com:443',
    'https://example.com#',
    'https://example.com#.evil.net',
    'https://example.com?',
    'https://user@example.com',
    'https:example.com',
    'https:\\\\example.com',
    'https://ex\tample.com',
    'https://bücher.example',
    'https://shop.example.org/',
    'http://[0:0:0:0:0:0:0:1]:8080',
  ])('does not have %j as an origin: no browser writes it like that', (origin) => {
    expect(list.hasOrigin(origin)).toBe(false)
  })

  it('without patterns has nothing', () => {
    const none = createOriginList([])
    expect([...listed, ...foreign].filter((origin) => none.hasOrigin(origin) || none.hasUrl(origin))).toEqual([])
  })
})

describe('parsePattern', () => {
  it.each([
    'null',
    '*',
    '',
    'https://*',
    'https://*.com',
    'https://*.2.3.4',
    'https://*.[::1]',
    'https://a.*.example.com',
    'https://*example.com',
    'https://*.*.example.com',
    'https://*.*',
    '*://example.com',
    'https://example.com/',
    'https://example.com/path',
    'https://user:pw@example.com',
    'https://example.com?x',
    'https://example.com#x',
    'https://example.com\\x',
    'file://',
    'file:///',
    'data:text/html,x',
    'example.com',
  ])('refuses %j', (pattern) => {
    expect(() => parsePattern(pattern)).toThrow('is not an origin')
  })

  it.each([
    ['https://*.co.uk', 'co.uk'],
    ['https://*.CO.uk:8443', 'co.uk'],
    ['https://*.co.uk.', 'co.uk.'],
    ['https://*.github.io', 'github.io'],
    ['https://*.vercel.app', 'vercel.app'],
    ['https://*.公司.cn', 'xn--55qx5d.cn'],
  ])('refuses %s, whose names belong to strangers', (pattern, suffix) => {
    expect(() => parsePattern(pattern)).toThrow(`would let in strangers: anybody can have a name below ${suffix};`)
  })

  it.each([
    'https://me.github.io',
    'https://*.me.github.io',
    'https://*.example.co.uk',
    'https://github.io',
    'https://*.corp.internal',
    'https://*.a_b.test',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ])('takes %s', (pattern) => {
    expect(parsePattern(pattern)).toMatchObject({ host: pattern.split('//')[1] })
  })

  it('brings patterns into the form that browsers send', () => {
    expect(parsePattern('HTTPS://*.Example.COM:443')).toEqual({ scheme: 'https:', host: '*.example.com' })
    expect(parsePattern('https://Bücher.example')).toEqual({ scheme: 'https:', host: 'xn--bcher-kva.example' })
  })
})
