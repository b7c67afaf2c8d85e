import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, readAddress, shortenAddress } from '../../../src/collector/enrich/ip-address'

const read = (text: unknown) => {
  const address = readAddress(text)
  return address && formatAddress(address)
}
const shorten = (text: unknown) => {
  const address = readAddress(text)
  return address && formatAddress(shortenAddress(address))
}

describe('readAddress', () => {
  it.each([
    ['203.0.113.195', '203.0.113.195'],
    [' 203.0.113.195 ', '203.0.113.195'],
    ['203.0.113.195:4711', '203.0.113.195'],
    ['2001:DB8:85A3:0:0:8A2E:370:7334', '2001:db8:85a3::8a2e:370:7334'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:80', 'fe80::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['::ffff:203.0.113.195', '203.0.113.195'],
    ['::FFFF:cb00:71c3', '203.0.113.195'],
    ['[::ffff:203.0.113.195]:80', '203.0.113.195'],
    ['0:0:0:0:0:ffff:203.0.113.195', '203.0.113.195'],
  ])('reads %s', (text, address) => {
    expect(read(text)).toBe(address)
  })

  it.each([
    ...['', ' ', 'unknown', '_hidden', 'localhost', 'example.com', '203.0.113', '203.0.113.256', '203.0.113.1.2'],
    ...['203.0.113.01', '0x7f.1', '2130706433', '203.0.113.1.', '203.0.113.1:', '203.0.113.1:123456', '-1.0.0.1'],
    ...['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', ':1', 'g::1', '2001:db8::1/48', '[2001:db8::1', '::1]/@['],
    ...[
      '1.2.3.4, 5.6.7.8',
      `${'1'.repeat(200)}`,
      '1.2.3.4\r\nX: y',
      '<b>1.2.3.4</b>',
      null,
      undefined,
      7,
      {},
      ['1.2.3.4'],
    ],
  ])('takes %j for no address', (text) => {
    expect(readAddress(text)).toBeNull()
  })

  it('never throws, and reads back what it has written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
        const address = read(text)
        if (address !== null) expect(read(address)).toBe(address)
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(read(text)).not.toBeNull()
      }),
    )
  })
})

describe('shortenAddress', () => {
  it.each([
    ['203.0.113.195', '203.0.113.0'],
    ['::ffff:203.0.113.195', '203.0.113.0'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
    ['::1', '::'],
    // 6to4 has the whole IPv4 address in the part that is kept.
    ['2002:cb00:71c3:1::1', '2002:cb00:7100::'],
    ['64:ff9b::203.0.113.195', '64:ff9b::'],
  ])('makes %s to %s', (text, short) => {
    expect(shorten(text)).toBe(short)
    expect(shorten(short)).toBe(short)
  })

  it('leaves nothing behind the 24th bit of IPv4 and the 48th of IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(shorten(text)).toBe(text.replace(/\.\d+$/, '.0'))
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = readAddress(text)
        expect(
          address &&
            shortenAddress(address)
              .parts.slice(3)
              .every((part) => part === 0),
        ).toBe(true)
      }),
    )
  })
})
