import { describe, expect, it } from 'vitest'
import { decodeCustomEvents } from '../../../src/collector/intake/custom-events'

const full = {
  projectKey: 'pk',
  event_name: 'ButtonClick',
  event_data: { category: 'CTA', label: 'Homepage Hero', value: 1, custom_field: 'x' },
  url: 'https://shop.example/page',
  page_title: 'Home',
  page_path: '/page',
  referrer: 'https://news.example/',
  userAgent: 'Browser/1',
  sessionId: 'session-1',
  timestamp: '2025-08-02T14:19:12.000Z',
}
const decode = (body: unknown) => decodeCustomEvents(body, 'new-session')
const first = (body: unknown) => decode(body).intake.items[0]

describe('decodeCustomEvents', () => {
  it('gives each field its place in the event', () => {
    const { intake, sessionId } = decode(full)
    expect(intake).toEqual({
      format: 'events',
      shared: {},
      items: [
        {
          sentAt: null,
          refusal: undefined,
          candidate: {
            type: 'track',
            event: 'ButtonClick',
            timestamp: '2025-08-02T14:19:12.000Z',
            anonymousId: 'session-1',
            properties: full.event_data,
            context: {
              page: {
                url: 'https://shop.example/page',
                path: '/page',
                title: 'Home',
                referrer: 'https://news.example/',
              },
              userAgent: 'Browser/1',
              session: { id: 'session-1' },
            },
          },
        },
      ],
    })
    expect(sessionId).toBe('session-1')
  })

  it('gives events without a session the new one, also as their visitor', () => {
    const { intake, sessionId } = decode([{ event_name: 'A' }, { event_name: 'B', sessionId: '' }, full])
    expect(sessionId).toBe('new-session')
    expect(intake.items.map(({ candidate }) => (candidate as { anonymousId: string }).anonymousId)).toEqual([
      'new-session',
      'new-session',
      'session-1',
    ])
    expect(first({ event_name: 'A' })?.candidate).toMatchObject({ context: { session: { id: 'new-session' } } })
  })

  it('takes the ids of callers that have some', () => {
    const ids = { messageId: 'm', anonymousId: 'a', userId: 'u' }
    expect(first({ ...full, ...ids })?.candidate).toMatchObject(ids)
    expect(first({ ...full, userId: 'u' })?.candidate).toMatchObject({ userId: 'u', anonymousId: null })
    expect(first({ ...full, sessionId: 7 })?.candidate).toMatchObject({ anonymousId: '7' })
  })

  it.each<[string, object]>([
    ['event_name is missing', { event_name: undefined }],
    ['event_name is missing', { event_name: '' }],
    ['event_name must be text', { event_name: 5 }],
    ['event_data must be a JSON object', { event_data: [] }],
    ['url must be text', { url: {} }],
    ['page_title must be text', { page_title: 1 }],
    ['sessionId must be text', { sessionId: {} }],
    ['userId must be text', { userId: true }],
  ])('says "%s" of %j', (message, change) => {
    expect(first({ ...full, ...change })?.refusal).toEqual({ code: 'invalid-event', message })
  })

  it('refuses events of another project than the first', () => {
    const { items } = decode([full, { ...full, projectKey: 'other' }, { ...full, projectKey: undefined }]).intake
    expect(items.map(({ refusal }) => refusal?.code)).toEqual([undefined, 'other-project', undefined])
  })

  it('leaves what is no event to be refused', () => {
    expect(decode([null, 'text', []]).intake.items.map(({ candidate }) => candidate)).toEqual([null, 'text', []])
    expect(decode(null).sessionId).toBe('new-session')
  })

  it('leaves the body as it was', () => {
    const before = structuredClone(full)
    const { candidate } = first(full) as { candidate: { properties: object } }
    Object.assign(candidate.properties, { changed: true })
    expect(full).toEqual(before)
  })
})
