import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonError } from '../../src/collector/json-error'

const isValid = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('findJsonError', () => {
  it.each([
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['[1, 2', 5],
    ['', 0],
    ['  ', 2],
    ['{"a": tru}', 6],
    ['{"a": "b\nc"}', 8],
    ['"\\x"', 1],
    ['[1] 2', 4],
    ['{a: 1}', 1],
    ["{'a': 1}", 1],
    ['[01]', 2],
    ['[1.]', 2],
    ['[,]', 1],
    ['}', 0],
    ['[1}', 2],
    ['"\\u12g4"', 1],
  ])('finds the first wrong character of %j', (text, position) => {
    expect(findJsonError(text)).toBe(position)
  })

  it('reads texts of any length', () => {
    expect(findJsonError(`"${'a\\n'.repeat(5_000_000)}`)).toBe(15_000_001)
  })

  it('agrees with the engine about what is valid', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.nat(3), fc.constantFrom('', ',', '"', '}', ']', ':', '0', '\\', 'x', '\n'))
      .map(([text, at, length, insert]) => {
        const position = at % (text.length + 1)
        return text.slice(0, position) + insert + text.slice(position + length)
      })
    fc.assert(
      fc.property(broken, (text) => {
        expect(findJsonError(text) === null).toBe(isValid(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it('does not run out of stack', () => {
    expect(findJsonError('['.repeat(1_000_000))).toBe(1_000_000)
    expect(findJsonError(`"${'x'.repeat(1_000_000)}`)).toBe(1_000_001)
    expect(findJsonError(`"${'\\n'.repeat(1_000_000)}`)).toBe(2_000_001)
  })
})
