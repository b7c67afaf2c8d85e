import { describe, expect, it } from 'vitest'
import { createTracardiDouble } from './tracardi-double'

const sources = {
  site: { type: 'rest' },
  hook: { type: 'webhook' },
  off: { type: 'rest', isDisabled: true },
} as const
const event = {
  type: 'page-view',
  time: { create: '2026-01-01T00:00:00.000Z' },
}

const ask = (
  body: unknown,
  more: {
    url?: string
    type?: string
    double?: ReturnType<typeof createTracardiDouble>
  } = {},
) => {
  const { url = '/track', type = 'application/json', double = createTracardiDouble(sources) } = more
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { status, body: answer = '' } = double.answer({
    method: 'POST',
    url,
    headers: { 'content-type': type },
    body: text,
  })
  return { status, answer: JSON.parse(answer) }
}
const track = (more: object) => ({
  source: { id: 'site' },
  events: [event],
  ...more,
})
const withEvent = (more: object) => track({ events: [{ ...event, ...more }] })

describe('the double of Tracardi', () => {
  it.each<[string, unknown, number, (string | number)[] | undefined]>([
    ['no source', { events: [event] }, 422, ['body', 'source']],
    ['a source without id', track({ source: {} }), 422, ['body', 'source', 'EventSource', 'id']],
    ['a session whose id is null', track({ session: { id: null } }), 422, ['body', 'session', 'id']],
    ['a profile whose id is a number', track({ profile: { id: 7 } }), 422, ['body', 'profile', 'id']],
    ['a context that is no object', track({ context: 'x' }), 422, ['body', 'context']],
    ['properties that are no object', track({ properties: [] }), 422, ['body', 'properties']],
    ['events that are null', track({ events: null }), 422, ['body', 'events']],
    ['an event without type', withEvent({ type: undefined }), 422, ['body', 'events', 0, 'type']],
    ['an event of blank type', withEvent({ type: ' ' }), 422, ['body', 'events', 0, 'type']],
    ['a time that is a text', withEvent({ time: '2026-01-01' }), 422, ['body', 'events', 0, 'time']],
    [
      'a time that is not ISO',
      withEvent({ time: { create: 'Jan 1 2026' } }),
      422,
      ['body', 'events', 0, 'time', 'create'],
    ],
    ['properties that are a list', withEvent({ properties: [] }), 422, ['body', 'events', 0, 'properties']],
    ['tags that are no list', withEvent({ tags: 'a' }), 422, ['body', 'events', 0, 'tags']],
    ['options of null', track({ options: null }), 500, undefined],
    ['a request of null', track({ request: null }), 500, undefined],
    ['an event with options of null', withEvent({ options: null }), 500, undefined],
    ['an unknown source', track({ source: { id: 'x' } }), 401, undefined],
    ['a source that is off', track({ source: { id: 'off' } }), 401, undefined],
    ['a source of another kind', track({ source: { id: 'hook' } }), 401, undefined],
    ['an internal source', track({ source: { id: '@x' } }), 500, undefined],
    ['broken JSON', '{', 422, ['body', 0]],
  ])('refuses %s', (_, body, status, loc) => {
    const found = ask(body)
    expect(found.status).toBe(status)
    if (loc) expect(found.answer.detail[0].loc).toEqual(loc)
  })

  it('refuses what a beacon would send, and a flag that is none', () => {
    expect(ask(track({}), { type: 'text/plain' })).toMatchObject({
      status: 422,
      answer: { detail: [{ loc: ['body'] }] },
    })
    expect(ask(track({}), { url: '/track?profile_less=2' }).status).toBe(422)
  })

  it('answers `null` where there are no events', () => {
    expect(ask(track({ events: [] }))).toEqual({ status: 200, answer: null })
  })

  it('binds a profile to a session, takes an unknown one for forged, and names the survivor of each merge', () => {
    const double = createTracardiDouble(sources)
    const profileOf = (session: string, profile?: string) =>
      ask(
        track({
          session: { id: session },
          profile: profile && { id: profile },
        }),
        { double },
      ).answer.profile.id
    const first = profileOf('s-1')
    expect(profileOf('s-1', 'another')).toBe(first)
    expect(profileOf('s-2', 'forged')).not.toBe('forged')
    expect(profileOf('s-3', first)).toBe(first)
    double.merge(first, 'second')
    double.merge('second', 'third')
    expect([profileOf('s-1'), profileOf('s-4', first)]).toEqual(['third', 'third'])
  })

  it('gives no ids where profile or session are not wanted', () => {
    const ids = (body: object, url?: string) => {
      const { profile, session } = ask(body, { url }).answer
      return [typeof profile.id, typeof session.id]
    }
    expect(ids(track({}))).toEqual(['string', 'string'])
    expect(ids(track({}), '/track?profile_less=yes')).toEqual(['object', 'string'])
    expect(ids(track({ options: { saveSession: false } }))).toEqual(['string', 'object'])
    expect(ids({ total: 30 }, '/collect/order/hook')).toEqual(['object', 'object'])
    expect(ids({ total: 30 }, '/collect/order/hook/s-1')).toEqual(['string', 'string'])
  })
})
