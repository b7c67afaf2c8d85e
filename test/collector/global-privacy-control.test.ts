import { describe, expect, it } from 'vitest'
import { isForAdvertising } from '../../src/collector/global-privacy-control'

describe('isForAdvertising', () => {
  it.each([[['advertising']], [['analytics', 'Sale']], [['ADVERTISING']]])('is true with %j', (purposes) => {
    expect(isForAdvertising({ purposes })).toBe(true)
  })

  it.each([[undefined], [[]], [['analytics']], [['wholesale', 'advertising-free']]])('is false with %j', (purposes) => {
    expect(isForAdvertising({ purposes })).toBe(false)
  })
})
