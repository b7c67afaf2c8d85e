import { describe, expect, it } from 'vitest'
import { createFeed } from '../../src/collector/feed'
import { storedEvent } from '../contract/store'

describe('createFeed', () => {
  it('tells every listener until it unsubscribes', () => {
    const feed = createFeed()
    const heard: string[] = []
    const stop = feed.subscribe((events) => heard.push(`a${events.length}`))
    feed.subscribe((events) => heard.push(`b${events.length}`))
    feed.publish([storedEvent()])
    stop()
    feed.publish([storedEvent(), storedEvent()])
    expect(heard).toEqual(['a1', 'b1', 'b2'])
  })
})
