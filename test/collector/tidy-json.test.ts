import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tidyJson } from '../../src/collector/tidy-json'

const limits = { maxDepth: 16, maxKeys: 2_000 }

describe('tidyJson', () => {
  it('leaves ordinary JSON as it is, and never promises too few bytes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), (text) => {
        const before = JSON.parse(text.replaceAll('__proto__', 'proto'))
        const value = structuredClone(before)
        const result = tidyJson(value, limits)
        if (result.status !== 'tidy') throw new Error(result.status)
        expect(result.maxBytes).toBeGreaterThanOrEqual(new TextEncoder().encode(JSON.stringify(value)).byteLength)
        if (!/\\u0000|[\0]|\\ud[89a-f]|\p{Surrogate}/iu.test(JSON.stringify(before))) expect(value).toEqual(before)
      }),
    )
  })

  it('removes __proto__ keys at any level, and only them', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"b":[{"__proto__":2,"constructor":{"prototype":3}}]}')
    tidyJson(value, limits)
    expect(JSON.stringify(value)).toBe('{"b":[{"constructor":{"prototype":3}}]}')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('replaces what databases cannot hold, in values and keys', () => {
    const value = JSON.parse('{"a":["\\u0000x","\\ud800","😀"],"k\\u0000":{"\\udc00":"\\udc00"}}')
    tidyJson(value, limits)
    expect(value).toEqual({ a: ['\ufffdx', '\ufffd', '😀'], 'k\ufffd': { '\ufffd': '\ufffd' } })
  })

  it('stops at the limits without running out of stack or time', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
    expect(tidyJson(deep, limits)).toEqual({ status: 'too-deep' })
    expect(tidyJson(Array(1_000_000).fill(0), limits)).toEqual({ status: 'too-many-keys' })
    expect(tidyJson('text', limits)).toMatchObject({ status: 'tidy' })
  })
})
