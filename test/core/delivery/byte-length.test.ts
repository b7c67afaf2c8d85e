import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byteLength } from '../../../src/core/delivery/byte-length'

it('counts the bytes of any well-formed text as the platform does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (text, binary) => {
      expect(byteLength(text)).toBe(Buffer.byteLength(text))
      const json = JSON.stringify({ text, binary })
      expect(byteLength(json)).toBe(Buffer.byteLength(json))
    }),
  )
  for (const text of ['', 'abc', '\0', 'é', '€', '😀', 'a€😀é'.repeat(1000)])
    expect(byteLength(text)).toBe(Buffer.byteLength(text))
})
