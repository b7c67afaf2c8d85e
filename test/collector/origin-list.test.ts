import { describe, expect, it } from 'vitest'
import { createOriginList, parsePattern } from '../../src/collector/origin-list'

describe('createOriginList', () => {
  const list = createOriginList([
    'https://example.com',
    'https://*.example.org',
    'http://localhost:3000',
    'https://port.example:8443',
    'capacitor://localhost',
  ])

  it.each([
    'https://example.com',
    'https://EXAMPLE.com',
    'https://example.com:443',
    'https://example.com/page?a=b#c',
    'https://shop.example.org',
    'http://localhost:3000',
    'https://port.example:8443',
    'capacitor://localhost',
  ])('includes %s', (origin) => {
    expect(list.includes(origin)).toBe(true)
  })

  it.each([
    'null',
    '',
    'http://example.com',
    'https://example.com:8443',
    'https://www.example.com',
    'https://example.com.evil.net',
    'https://evil-example.com',
    'https://example.org',
    'https://a.b.example.org',
    'https://.example.org',
    'https://evilexample.org',
    'https://shop.example.org.evil.net',
    'https://shop.example.org:8443',
    'http://shop.example.org',
    'https://example.com@evil.net',
    'https://evil.net/https://example.com',
    'https://evil.net\\@example.com',
    'http://localhost:3001',
    'file:///etc/passwd',
    'data:text/html,x',
    'capacitor://other',
    'https://*.example.org.',
  ])('does not include %s', (origin) => {
    expect(list.includes(origin)).toBe(false)
  })
})

describe('parsePattern', () => {
  it.each([
    'null',
    '*',
    'https://*',
    'https://*.com',
    'https://a.*.example.com',
    'https://*example.com',
    'https://*.*.example.com',
    'https://example.com/',
    'https://example.com/path',
    'https://user:pw@example.com',
    'https://example.com?x',
    'example.com',
  ])('refuses %s', (pattern) => {
    expect(() => parsePattern(pattern)).toThrow('is not an origin')
  })
})
