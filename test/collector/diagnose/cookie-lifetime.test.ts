import { describe, expect, it } from 'vitest'
import { relateHosts } from '../../../src/collector/diagnose/cookie-lifetime'

const dns = (addresses: string[], ...aliases: string[]) => ({ addresses, aliases })
const relate = (page: ReturnType<typeof dns> | null, collector: ReturnType<typeof dns> | null) =>
  relateHosts({ host: 'www.example.com', dns: page }, { host: 'collect.example.com', dns: collector })

describe('how WebKit sees the host of the collector', () => {
  it('as the page’s own where it is the same, whatever DNS says', () => {
    const page = { host: 'www.example.com', dns: dns(['203.0.113.1']) }
    expect(relateHosts(page, { host: 'www.example.com', dns: dns(['198.51.100.1'], 'a.cdn.example') })).toEqual({
      status: 'same-host',
    })
  })

  it('by the first 16 bits of IPv4 and the first 64 of IPv6', () => {
    const near = { status: 'near', by: 'address' }
    const far = { status: 'far', by: 'address' }
    expect(relate(dns(['203.0.113.1']), dns(['203.0.5.9']))).toEqual(near)
    expect(relate(dns(['203.0.113.1']), dns(['203.1.113.1']))).toEqual(far)
    expect(relate(dns(['2001:db8:1:2::1']), dns(['2001:db8:1:2:ffff::9']))).toEqual(near)
    expect(relate(dns(['2001:db8:1:2::1']), dns(['2001:db8:1:3::1']))).toEqual(far)
    // Some visitors come by IPv6.
    expect(relate(dns(['203.0.113.1', '2001:db8:1:2::1']), dns(['203.0.5.9', '2001:db8:1:3::1']))).toEqual(far)
  })

  it('by the owner of the name that it stands for', () => {
    expect(relate(dns(['203.0.113.1']), dns(['203.0.113.1'], 'shop.tracker.example'))).toEqual({
      ...{ status: 'far', by: 'alias', alias: 'shop.tracker.example' },
    })
    const near = { status: 'near', by: 'alias' }
    expect(relate(dns(['203.0.113.1']), dns(['198.51.100.1'], 'lb.example.com'))).toEqual(near)
    // Both behind one content network.
    expect(relate(dns(['1.2.3.4'], 'a.edge.example'), dns(['4.3.2.1'], 'b.edge.example'))).toEqual(near)
  })

  it('not at all where DNS cannot be asked, or says nothing that can be compared', () => {
    expect(relate(null, dns(['203.0.113.1']))).toEqual({ status: 'unknown' })
    expect(relate(dns([]), dns(['203.0.113.1']))).toEqual({ status: 'unknown' })
    expect(relate(dns(['2001:db8::1']), dns(['203.0.113.1']))).toEqual({ status: 'unknown' })
  })
})
