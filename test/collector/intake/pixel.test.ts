import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/collector/intake/intake'
import { decodePixel } from '../../../src/collector/intake/pixel'

function decode(query: string, pageUrl: string | null = null) {
  const decoded = decodePixel(new URLSearchParams(query), { visitorId: 'visitor', pageUrl })
  if (decoded.status === 'malformed') return decoded
  return decoded.intake.items[0]?.candidate as JsonObject
}

describe('decodePixel', () => {
  it('makes a page of a query without an event', () => {
    expect(decode('projectKey=pk')).toEqual({
      type: 'page',
      anonymousId: 'visitor',
      properties: {},
      context: { page: {} },
    })
  })

  it('makes a track of a query with one, and gives each parameter its place', () => {
    const page = 'url=https://shop.example/a&path=/a&title=T&referrer=https://r.example/'
    const ids = 'messageId=m&anonymousId=a&userId=u&sessionId=s&timestamp=2026-01-02T03:04:05Z'
    expect(decode(`event=Mail+Opened&${page}&${ids}&campaign=spring&campaign=winter&writeKey=k`)).toEqual({
      type: 'track',
      event: 'Mail Opened',
      messageId: 'm',
      anonymousId: 'a',
      userId: 'u',
      timestamp: '2026-01-02T03:04:05Z',
      properties: { campaign: 'spring' },
      context: {
        page: { url: 'https://shop.example/a', path: '/a', title: 'T', referrer: 'https://r.example/' },
        session: { id: 's' },
      },
    })
  })

  it('makes up no visitor where a user is named', () => {
    expect(decode('userId=u')).toMatchObject({ userId: 'u', anonymousId: undefined })
  })

  it('takes the address of the page that it stands on, unless the query names one', () => {
    expect(decode('', 'https://shop.example/a')).toMatchObject({ context: { page: { url: 'https://shop.example/a' } } })
    expect(decode('url=u', 'https://shop.example/a')).toMatchObject({ context: { page: { url: 'u' } } })
  })

  it('keeps parameters with the names of prototypes as properties alone', () => {
    const { properties } = decode('__proto__=x&constructor=y') as { properties: object }
    expect(Object.entries(properties)).toContainEqual(['constructor', 'y'])
    expect(Object.getPrototypeOf(properties)).toBe(Object.prototype)
  })

  it('refuses other types', () => {
    expect(decode('type=identify')).toMatchObject({ status: 'malformed', message: 'type must be page or track' })
  })
})
