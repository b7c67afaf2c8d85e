import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createBrowserStorage } from '../../src/browser/storage'
import { createClient } from '../../src/core/client'
import { createFakePlatform } from '../helpers/fake-platform'
import { fakeCookies } from './fake-cookies'

const names = [
  '__anon_id',
  '__user_id',
  '__user_traits',
  '__fh_session',
  '__fh_first',
  '__fh_clicks',
  '__fh_campaign',
  '__fh_traits_of',
  'ajs_anonymous_id',
  'ajs_user_id',
  'ajs_user_traits',
]

/** What a page of the same site, an extension or a vandal may have left. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json(),
  fc.constantFrom('', '%', '%E0%A4%A', '"', '""', 'null', 'true', '17', '1.a.1.b.c', '0', '{', '[]', '{"v":1}'),
  fc.constantFrom(
    '"\ud800"',
    'x'.repeat(5000),
    '{"__proto__":{"polluted":1}}',
    '{"gclid":{"value":"a","firstSeenAt":1e999}}',
  ),
  fc.record({ v: fc.constantFrom(1, 2), at: fc.anything(), url: fc.anything() }).map((value) => `${safely(value)}`),
  fc
    .dictionary(
      fc.constantFrom('gclid', 'fbclid', 'x'),
      fc.dictionary(fc.constantFrom('value', 'firstSeenAt'), fc.json()),
    )
    .map(safely),
)

function safely(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

const places = fc.dictionary(fc.constantFrom(...names), text, { noNullPrototype: true })

const id = /^[^\p{Cc}\p{Cs}<>"\\;]{1,200}$/u

beforeEach(() => {
  vi.restoreAllMocks()
})

describe('whatever stands in cookies and in localStorage', () => {
  it('is read without an error, and only what is valid is used', async () => {
    await fc.assert(
      fc.asyncProperty(places, places, fc.boolean(), async (cookies, local, isEncoded) => {
        vi.restoreAllMocks()
        localStorage.clear()
        const { values } = fakeCookies()
        for (const [name, value] of Object.entries(cookies)) {
          values.set(
            `${name}@`,
            isEncoded ? encodeURIComponent(value.replace(/[\ud800-\udfff]/g, '')) : value.replace(/[;\s]/g, ''),
          )
        }
        for (const [name, value] of Object.entries(local)) localStorage.setItem(name, value)
        const platform = createFakePlatform({ storage: createBrowserStorage('') })
        platform.page.context = { page: { url: 'https://www.example.com/', search: '' } }
        const analytics = createClient({ sessionOnCampaign: true }, platform)
        const { payload } = await analytics.page()
        const { anonymousId, userId, meta } = payload
        expect(anonymousId).toMatch(id)
        if (userId !== null) expect(userId).toMatch(id)
        expect(meta.session).toEqual({
          id: expect.stringMatching(/^[\w-]{1,64}$/),
          number: expect.any(Number),
          start: expect.any(Number),
        })
        for (const { value, firstSeenAt } of Object.values(meta.context?.clickIds ?? {})) {
          expect(value).toMatch(/^\S{1,400}$/)
          expect(Number.isFinite(firstSeenAt)).toBe(true)
        }
        const traits = analytics.user('traits')
        expect(traits !== null && typeof traits === 'object' && !Array.isArray(traits)).toBe(true)
        expect(analytics.getState('context.first')).toSatisfy(
          (first) => first === null || typeof first.url === 'string',
        )
        await analytics.reset()
        expect(analytics.user()).toEqual({ userId: null, anonymousId: null, traits: {} })
        expect(platform.warnings).toEqual([])
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  }, 60_000)
})
