import { describe, expect, it } from 'vitest'
import { differences } from '../compat/differences'
import { read } from './source'

describe('The README', () => {
  it('shows the table of differences from analytics as test/compat/differences.ts has it', () => {
    const rows = differences.map(({ id, analytics, firsthand, reason }) => [id, analytics, firsthand, reason])
    const table = [['name', '`analytics`', 'firsthand', 'why'], ['---', '---', '---', '---'], ...rows]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n')
    expect(read('README.md').split('<!-- differences -->\n')[1]?.split('\n\n')[0]).toBe(table)
  })
})
