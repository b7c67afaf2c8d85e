import { describe, expect, it } from 'vitest'
import { createClientAddress } from '../../../src/collector/enrich/client-address'
import { formatAddress } from '../../../src/collector/enrich/ip-address'
import { type IpOptions, resolveIp } from '../../../src/collector/enrich/options'

function find(options: IpOptions, headers: Record<string, string>, remoteAddress?: string) {
  const address = createClientAddress(resolveIp(options))(new Headers(headers), remoteAddress)
  return address && formatAddress(address)
}

const spoofed = {
  'x-forwarded-for': '6.6.6.6, 198.51.100.7, 10.0.0.2',
  'x-real-ip': '6.6.6.6',
  forwarded: 'for=6.6.6.6',
  'cf-connecting-ip': '6.6.6.6',
  'true-client-ip': '6.6.6.6',
}

describe('the address of a visitor', () => {
  it('is that of the connection where no proxy is trusted, whatever headers say', () => {
    expect(find({}, spoofed, '203.0.113.9')).toBe('203.0.113.9')
    expect(find({}, spoofed)).toBeNull()
  })

  it('is whom the outermost trusted proxy names, counted from the right', () => {
    expect(find({ trustedHops: 1 }, spoofed, '10.0.0.3')).toBe('10.0.0.2')
    expect(find({ trustedHops: 2 }, spoofed, '10.0.0.3')).toBe('198.51.100.7')
  })

  it('is not known where a request has passed fewer proxies than there are', () => {
    expect(find({ trustedHops: 2 }, { 'x-forwarded-for': '6.6.6.6' }, '203.0.113.9')).toBeNull()
    expect(find({ trustedHops: 1 }, {}, '203.0.113.9')).toBeNull()
  })

  it('is in the one header that the owner names, and in no other', () => {
    expect(find({ header: 'CF-Connecting-IP' }, { ...spoofed, 'cf-connecting-ip': '198.51.100.7' }, '10.0.0.3')).toBe(
      '198.51.100.7',
    )
    expect(find({ header: 'x-client' }, spoofed, '10.0.0.3')).toBeNull()
    // Two headers of one name: somebody has added his own.
    expect(find({ header: 'x-client' }, { 'x-client': '6.6.6.6, 198.51.100.7' }, '10.0.0.3')).toBeNull()
  })
})
