import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createProgress, lineOf } from '../../src/cli/progress'

const state = { events: 12_345, share: 0.421, note: '3 rejected' }

describe('lineOf', () => {
  it('shows bar, share, count, rate and note', () => {
    expect(lineOf(state, 1_000, 100)).toBe('########............   42 %  12,345 events  12,345/s  3 rejected')
  })

  it('shows no bar where nobody knows how much there is', () => {
    expect(lineOf({ events: 5, share: null }, 1_000, 100)).toBe('5 events  5/s')
  })

  it.each([64, 50, 30, 10, 3])('never is longer than %i', (width) => {
    expect(lineOf(state, 1_000, width).length).toBeLessThanOrEqual(width)
  })
})

describe('createProgress', () => {
  function output(isTTY: boolean) {
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 40 })
    return { stream, text: () => String(stream.read() ?? '') }
  }

  it('draws over itself, at most ten times a second, and clears its line', () => {
    const { stream, text } = output(true)
    let now = 0
    const progress = createProgress(stream, () => now)
    progress.clear()
    progress.update({ events: 1, share: null })
    now = 99
    progress.update({ events: 2, share: null })
    now = 1_000
    progress.update({ events: 3, share: null })
    progress.clear()
    expect(text()).toBe('\r\u001b[K1 events  0/s\r\u001b[K3 events  3/s\r\u001b[K')
  })

  it('writes nothing where nobody looks', () => {
    const { stream, text } = output(false)
    const progress = createProgress(stream)
    progress.update(state)
    progress.clear()
    expect(text()).toBe('')
  })
})
