import { describe, expect, it } from 'vitest'
import { findCookieDomain, isCookieDomain } from '../../../src/collector/visitor/cookie-domain'

const find = (page: string, collector: string, given?: string) => {
  const found = findCookieDomain(page, collector, given)
  return found.status === 'same-site' ? found.domain : found.reason
}

describe('findCookieDomain', () => {
  it.each([
    ['www.example.com', 'www.example.com', 'example.com'],
    ['example.com', 'collect.example.com', 'example.com'],
    ['shop.example.co.uk', 'collect.example.co.uk', 'example.co.uk'],
    ['a.b.example.com', 'c.example.com', 'example.com'],
    ['alice.github.io', 'alice.github.io', 'alice.github.io'],
    ['www.alice.github.io', 'collect.alice.github.io', 'alice.github.io'],
    ['xn--bcher-kva.example', 'collect.xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['shop.test', 'collect.shop.test', 'shop.test'],
  ])('of a page on %s and a collector on %s is %s', (page, collector, domain) => {
    expect(find(page, collector)).toBe(domain)
  })

  it.each(['localhost', '127.0.0.1', '[::1]', 'intranet', 'github.io', 'co.uk'])('of %s is none', (host) => {
    expect(find(host, host)).toBeNull()
  })

  it.each([
    ['www.example.com', 'collect.example.org', 'other-site'],
    ['www.example.com', 'badexample.com', 'other-site'],
    ['www.example.com', 'example.com.evil.test', 'other-site'],
    ['alice.github.io', 'bob.github.io', 'other-site'],
    ['alice.github.io', 'github.io', 'other-site'],
    ['shop.co.uk', 'bank.co.uk', 'other-site'],
    ['localhost', '127.0.0.1', 'other-host'],
    ['192.168.1.1', '192.168.1.2', 'other-host'],
    ['www.example.com.', 'www.example.com', 'no-host'],
    ['', 'www.example.com', 'no-host'],
  ])('there is none of a page on %s and a collector on %s: %s', (page, collector, reason) => {
    expect(find(page, collector)).toBe(reason)
  })

  it('is what the owner says, also where a proxy hides the name of the collector', () => {
    expect(find('www.example.com', '127.0.0.1', 'example.com')).toBe('example.com')
    expect(find('shop.example.com', 'collector', 'shop.example.com')).toBe('shop.example.com')
    expect(find('www.example.org', '127.0.0.1', 'example.com')).toBe('outside-domain')
    expect(find('badexample.com', '127.0.0.1', 'example.com')).toBe('outside-domain')
  })

  it('is the host alone where the owner says so', () => {
    expect(find('www.example.com', 'www.example.com', '')).toBeNull()
    expect(find('www.example.com', 'collect.example.com', '')).toBe('other-host')
  })

  it('never is text that could end the value of a header', () => {
    for (const host of [
      'a;b.example.com',
      'a b.example.com',
      'a,b.example.com',
      'a\r\nb.example.com',
      'ex;ample.com',
    ]) {
      expect(String(find(host, host))).not.toMatch(/[;,\s]/)
    }
  })
})

describe('isCookieDomain', () => {
  it('refuses what strangers share, and what is no domain', () => {
    const refused = [
      'com',
      'co.uk',
      'github.io',
      'vercel.app',
      'localhost',
      '1.2.3.4',
      '.example.com',
      'a;b.com',
      'A.com',
    ]
    expect([...refused, '', null].filter(isCookieDomain)).toEqual([])
    expect(['example.com', 'shop.example.com', 'alice.github.io'].every(isCookieDomain)).toBe(true)
  })
})
