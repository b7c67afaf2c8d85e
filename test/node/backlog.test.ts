import { describe, expect, it } from 'vitest'
import { createBacklog } from '../../src/node/backlog'

describe('the backlog', () => {
  it('gives back what was put in, in the same order, whatever its size and letters', () => {
    const backlog = createBacklog<number>()
    const texts = Array.from(
      { length: 3000 },
      (_, index) => ['a', '€', '😀', '"\\n"'][index % 4]?.repeat(index % 701) ?? '',
    )
    texts.push('x'.repeat(600_000), 'after')
    const bytesOf = (text: string) => Buffer.byteLength(text)
    texts.forEach((text, index) => backlog.push(text, bytesOf(text), index % 4, index))
    expect(backlog.size()).toBe(3002)
    texts.forEach((text, index) =>
      expect(backlog.shift()).toEqual({ text, bytes: bytesOf(text), lane: index % 4, extra: index }),
    )
    expect([backlog.size(), backlog.shift()]).toEqual([0, undefined])
  })

  it('keeps its order while things come and go', () => {
    const backlog = createBacklog<number>()
    let [next, expected] = [0, 0]
    for (let round = 0; round < 500; round++) {
      for (let count = 0; count < round % 13; count++) backlog.push('x'.repeat(1000), 1000, 0, next++)
      for (let count = 0; count < round % 11; count++) {
        const taken = backlog.shift()
        if (taken) expect(taken.extra).toBe(expected++)
      }
    }
    expect(backlog.size()).toBe(next - expected)
  })
})
