import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toSetCookie } from '../../../src/collector/visitor/to-set-cookie'
import { readVisitorCookies } from '../../../src/collector/visitor/visitor-cookies'

const first = { v: 1, at: 1795204209820, url: 'https://www.example.com/?a=1;b', referrer: 'https://x.example/' }
const clicks = { gclid: { value: 'EAIaIQ-x', firstSeenAt: 1795204209820 } }
const session = '1.Jc6tYq1uB0nXe8sLw3zKp.2.mh1qk1c0.mh1qkp2s'
const json = (value: unknown) => encodeURIComponent(JSON.stringify(value))

const read = (header: string) => {
  const { granted, ...cookies } = readVisitorCookies(header)
  const values = Object.entries(cookies).map(([name, cookie]) => [name, cookie?.value ?? null])
  return { ...Object.fromEntries(values), granted }
}
const nothing = {
  ...{ anonymousId: null, userId: null, session: null, firstVisit: null, clickIds: null },
  granted: null,
}

describe('readVisitorCookies', () => {
  it('reads cookies of their documented form', () => {
    const header =
      `other=1; __anon_id=8pJcx_2; __user_id=ann%40example.com; __fh_session=${session}; ` +
      `__fh_first=${json(first)}; __fh_clicks=${json(clicks)}; __fh_consent=analytics.advertising`
    expect(read(header)).toEqual({
      anonymousId: '8pJcx_2',
      userId: 'ann@example.com',
      session: 'Jc6tYq1uB0nXe8sLw3zKp',
      firstVisit: JSON.stringify(first),
      clickIds: JSON.stringify(clicks),
      granted: ['analytics', 'advertising'],
    })
  })

  it('keeps values as they came', () => {
    expect(readVisitorCookies('__user_id=a%40b@c').userId).toEqual({
      name: '__user_id',
      value: 'a@b@c',
      raw: 'a%40b@c',
    })
  })

  it.each([
    ...[
      '__anon_id=',
      '__anon_id',
      '__anon_id=%',
      '__anon_id=%3Cb%3E',
      '__anon_id=%22a%22',
      '__anon_id=a%0d%0aSet-Cookie:x',
    ],
    ...['__anon_id=%00', '__anon_id=%3Ba', '__anon_id=a b', '__anon_id=a"b', '__anon_id=a,b', '__anon_id=a\\b'],
    ...['__anon_id=ä', '__anon_id=a\r\nX: y', `__anon_id=${'a'.repeat(201)}`, `__user_id=${'%20'.repeat(300)}`],
    ...['__Anon_id=a', 'x__anon_id=a', '__fh_session=0', '__fh_session=2.a.1.a.a', '__fh_session=1.a.0.a.a'],
    ...[`__fh_session=${session}.x`, '__fh_first={}', `__fh_first=${json({ ...first, v: 2 })}`, '__fh_first=1'],
    ...[`__fh_first=${json({ ...first, url: 7 })}`, `__fh_first=${json({ ...first, url: 'x'.repeat(2_000) })}`],
    ...[`__fh_clicks=${json([])}`, `__fh_clicks=${json({})}`, `__fh_clicks=${json({ gclid: 'x' })}`],
  ])('takes %j for nothing', (header) => {
    expect(read(header)).toEqual(nothing)
  })

  it('takes a cookie that comes twice for nothing, unless both are equal', () => {
    expect(read('__anon_id=a; __anon_id=b').anonymousId).toBeNull()
    expect(read('__anon_id=a; __anon_id=b; __anon_id=a').anonymousId).toBeNull()
    expect(read('__anon_id=a; x=y; __anon_id=a').anonymousId).toBe('a')
    // Nobody knows what was granted, so nothing was.
    expect(read('__fh_consent=analytics; __fh_consent=').granted).toEqual([''])
  })

  it('never throws, and whatever it lets through stays the value of one cookie', () => {
    const names = fc.constantFrom('__anon_id', '__user_id', '__fh_session', '__fh_first', '__fh_clicks', '__fh_consent')
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map(encodeURIComponent),
      fc.constantFrom(session, json(first), json(clicks), 'a;b', 'a\r\nSet-Cookie: b=c'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(names, value)), (pairs) => {
        const { granted: _, ...cookies } = readVisitorCookies(pairs.map((pair) => pair.join('=')).join('; '))
        for (const cookie of Object.values(cookies)) {
          if (cookie === null) continue
          const header = toSetCookie(cookie, { domain: 'example.com', secure: true })
          expect(header).toMatch(
            /^__\w+=[^\s;,"\\]+; Max-Age=34560000; Path=\/; Domain=example\.com; Secure; SameSite=Lax$/,
          )
          expect(new Headers({ 'set-cookie': header }).getSetCookie()).toEqual([header])
        }
      }),
    )
  })
})
