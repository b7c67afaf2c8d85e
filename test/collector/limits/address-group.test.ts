import { describe, expect, it } from 'vitest'
import { readAddress } from '../../../src/collector/enrich/ip-address'
import { addressGroup } from '../../../src/collector/limits/address-group'

const group = (text: string) => addressGroup(readAddress(text))

describe('addressGroup', () => {
  it('counts each address of IPv4 for itself, also where it is mapped into IPv6', () => {
    expect(group('203.0.113.7')).toBe('203.0.113.7')
    expect(group('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(group('203.0.113.8')).not.toBe(group('203.0.113.7'))
  })

  it('counts a network of IPv6 together: one household can write any of its addresses', () => {
    expect(group('2001:db8:1:2::1')).toBe(group('2001:db8:1:2:ffff:1:2:3'))
    expect(group('2001:db8:1:3::1')).not.toBe(group('2001:db8:1:2::1'))
  })

  it.each([
    ...['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'],
    ...['100.64.0.1', '100.127.0.1', '::1', '::ffff:10.0.0.1', 'fc00::1', 'fd12:3456::1', 'fe80::1%eth0'],
  ])('does not count %s, which may be a proxy', (address) => {
    expect(group(address)).toBeNull()
  })

  it.each([
    ...['126.0.0.1', '128.0.0.1', '11.0.0.1', '172.15.0.1', '172.32.0.1', '192.167.1.1', '192.169.1.1', '100.128.0.1'],
    ...['169.253.0.1', '255.255.255.255', '::2', '1::1', 'fe00::1', 'fec0::1', '2001:db8::1'],
  ])('counts %s', (address) => {
    expect(group(address)).not.toBeNull()
  })

  it('counts nobody where the address is not known', () => {
    expect(addressGroup(null)).toBeNull()
  })
})
