import { describe, expect, it } from 'vitest'
import { decodeCollect, decodeTrack, readTrackCall } from '../../../src/collector/intake/tracardi-track'

const visitor = { profileId: 'p-1', sessionId: 's-1', profileLess: false }

describe('readTrackCall', () => {
  it('reads ids without the spaces around them, and takes blank ones for none', () => {
    expect(readTrackCall({ source: { id: ' key ' }, session: { id: ' ' }, profile: { id: 'p' } })).toMatchObject({
      ...{ sourceId: 'key', sessionId: null, profileId: 'p', profileLess: false },
    })
  })

  it('takes anything but false for the default of an option', () => {
    const saves = (options: object) => {
      const { saveSession, saveProfile, saveEvents } = readTrackCall({ source: { id: 'k' }, options })
      return [saveSession, saveProfile, saveEvents]
    }
    expect(saves({ saveSession: false, saveProfile: 'no', saveEvents: 0 })).toEqual([false, true, true])
    expect(saves({ saveProfile: false, saveEvents: false })).toEqual([true, false, false])
  })
})

describe('decodeTrack', () => {
  it('gives each field its place in the event', () => {
    const body = {
      context: { time: { tz: 'UTC' }, session: { id: 'forged' } },
      properties: { plan: 'team' },
      events: [
        {
          id: 'e-1',
          type: ' purchase ',
          time: { create: '2026-01-02T03:04:05.123456', insert: 'later' },
          properties: { total: 5 },
          context: { page: { url: 'https://shop.example/', referer: { host: 'https://r.example', query: '?a' } } },
          tags: ['t'],
        },
        { type: 'page-view' },
      ],
    }
    const { format, items, shared } = decodeTrack(body, visitor)
    expect(format).toBe('tracardi')
    expect(shared).toEqual({ context: { time: { tz: 'UTC' }, session: { id: 's-1', properties: { plan: 'team' } } } })
    expect(items.map(({ candidate }) => candidate)).toEqual([
      {
        type: 'track',
        event: 'purchase',
        messageId: 'e-1',
        timestamp: '2026-01-02T03:04:05.123456',
        anonymousId: 'p-1',
        properties: { total: 5 },
        context: {
          page: {
            url: 'https://shop.example/',
            referer: { host: 'https://r.example', query: '?a' },
            referrer: 'https://r.example?a',
          },
          tags: ['t'],
        },
      },
      { type: 'page', anonymousId: 'p-1', context: {} },
    ])
  })

  it('says of no event that it belongs to a session that is not kept', () => {
    const body = { context: { session: { id: 'x' } }, events: [{ type: 'a', context: { session: { id: 'x' } } }] }
    const { items, shared } = decodeTrack(body, { profileId: 'p', sessionId: null, profileLess: true })
    expect(shared.context).toEqual({ session: undefined, profileLess: true })
    expect(items[0]?.candidate).toMatchObject({ context: {} })
    expect(JSON.stringify(items)).not.toContain('session')
  })
})

describe('decodeCollect', () => {
  it('makes one event of type and properties', () => {
    const { format, items, shared } = decodeCollect('opened', { a: '1' }, visitor)
    expect(format).toBe('tracardi-collect')
    expect(items).toHaveLength(1)
    expect(items[0]?.candidate).toMatchObject({ type: 'track', event: 'opened', properties: { a: '1' } })
    expect(shared).toEqual({ context: { session: { id: 's-1' } } })
  })
})
