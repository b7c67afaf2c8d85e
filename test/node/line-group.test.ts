import { describe, expect, it } from 'vitest'
import { createLineGroup } from '../../src/node/line-group'

const setUp = () => {
  const writes: string[] = []
  const told: string[] = []
  const group = createLineGroup((all, lines) => {
    writes.push(all.toString())
    expect(Buffer.concat(lines.map(({ bytes }) => bytes)).equals(all)).toBe(true)
    for (const { key, done } of lines) {
      told.push(key)
      done()
    }
  })
  return { group, told, writes }
}

describe('a group of lines', () => {
  it('is written once when the turn of the event loop ends', async () => {
    const { group, told, writes } = setUp()
    for (const key of ['a', 'b', 'c']) group.add(key, `${key}€\n`, () => {})
    expect(writes).toEqual([])
    await Promise.resolve()
    expect(writes).toEqual(['a€\nb€\nc€\n'])
    expect(told).toEqual(['a', 'b', 'c'])
  })

  it('is written at once where that is asked for, and not again later', async () => {
    const { group, writes } = setUp()
    group.add('a', 'a\n', () => {})
    group.write()
    group.add('b', 'b\n', () => {})
    expect(writes).toEqual(['a\n'])
    await Promise.resolve()
    await Promise.resolve()
    expect(writes).toEqual(['a\n', 'b\n'])
  })

  it('loses no line of those that fill it', () => {
    const { group, told, writes } = setUp()
    const lines = Array.from({ length: 1000 }, (_, index) => `${index} ${'x'.repeat(index)}\n`)
    lines.forEach((line, index) => group.add(`${index}`, line, () => {}))
    group.write()
    expect(writes.join('')).toBe(lines.join(''))
    expect(writes.length).toBeGreaterThan(1)
    expect(told).toEqual(lines.map((_, index) => `${index}`))
  })

  it('takes what is added while its lines are told', () => {
    const writes: string[] = []
    const group = createLineGroup((all, lines) => {
      writes.push(all.toString())
      for (const { done } of lines) done()
    })
    group.add('a', 'a\n', () => group.add('b', 'b\n', () => {}))
    group.write()
    group.write()
    expect(writes).toEqual(['a\n', 'b\n'])
  })

  it('leaves a line to the caller that is too long, after those before it', () => {
    const { group, writes } = setUp()
    group.add('a', 'a\n', () => {})
    expect(group.add('b', 'x'.repeat(300_000), () => {})).toBe(false)
    expect(writes).toEqual(['a\n'])
  })
})
