import { expect, it } from 'vitest'
import { printable } from '../../src/cli/printable'

it('leaves text as it is, whatever its script', () => {
  expect(printable('Tee für 9 €, 緑茶, 👩‍🚀')).toBe('Tee für 9 €, 緑茶, 👩‍🚀')
})

it.each(['\u001b[2J', '\u0007', '\r', '\n', '\u009b31m', '\u202e', '\u2066', '\u200b', '\ud800', '\u2028'])(
  'shows %j as something that does nothing',
  (text) => {
    expect(printable(text)).toMatch(/^\ufffd/)
  },
)
