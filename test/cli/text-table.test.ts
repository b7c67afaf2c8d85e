import { expect, it } from 'vitest'
import { textTable } from '../../src/cli/text-table'

const rows = [
  ['Order Completed', 12, null],
  ['\u001b[31mred', 3, { a: 1 }],
]

it('puts rows under their heads, numbers to the right', () => {
  expect(textTable(['event', 'times', 'x'], rows, Number.POSITIVE_INFINITY).split('\n')).toEqual([
    'event            times  x',
    '---------------  -----  -------',
    'Order Completed     12',
    '\ufffd[31mred             3  {"a":1}',
  ])
})

it('takes from the widest columns where the terminal is narrow', () => {
  const lines = textTable(['event', 'times', 'x'], rows, 26).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBe(26)
  expect(lines[2]).toBe('Order Com…     12')
})

it('shows the heads of no rows', () => {
  expect(textTable(['a', 'bc'], [], 80)).toBe('a  bc\n-  --')
})
