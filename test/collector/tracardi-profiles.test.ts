import { describe, expect, it } from 'vitest'
import type { EventQuery, StoredEvent } from '../../src/collector/store'
import { createTracardiProfiles } from '../../src/collector/tracardi-profiles'
import { storedEvent } from '../contract/store'

const visit = { project: 'shop', sessionId: 's', profileId: null }
const over = (find: (query: EventQuery) => StoredEvent[]) => {
  const queries: EventQuery[] = []
  const profiles = createTracardiProfiles({
    events: async (query) => (queries.push(query), { events: find(query), next: null }),
  })
  return {
    profiles,
    queries,
    profileOf: (claim: object = {}) => profiles.within({ ...visit, ...claim }, async (id) => id),
  }
}

describe('the profile of a visit', () => {
  it('is that of the newest event of its session in the same project', async () => {
    const { profileOf, queries } = over(() => [
      storedEvent({ anonymousId: 'new' }),
      storedEvent({ anonymousId: 'old' }),
    ])
    expect(await profileOf({ profileId: 'claimed' })).toBe('new')
    expect(queries).toMatchObject([{ project: 'shop', sessionId: 's' }])
  })

  it('is not that of events that have none', async () => {
    const profileLess = { context: { profileLess: true } }
    const { profileOf } = over(({ sessionId }) =>
      sessionId === undefined ? [] : [storedEvent(profileLess), storedEvent({ anonymousId: null, userId: 'u' })],
    )
    expect(await profileOf()).toMatch(/^[\da-f-]{36}$/)
  })

  it('is the claimed one where that is known', async () => {
    const { profileOf } = over(({ anonymousId }) => (anonymousId === 'known' ? [storedEvent()] : []))
    expect(await profileOf({ profileId: 'known' })).toBe('known')
    expect(await profileOf({ profileId: 'forged' })).not.toBe('forged')
  })

  it('is found once for requests at the same time, and anew after them', async () => {
    const { profiles, queries, profileOf } = over(() => [])
    const [first, second] = await Promise.all([profileOf(), profileOf()])
    expect(second).toBe(first)
    expect(queries).toHaveLength(1)
    await expect(profiles.within(visit, () => Promise.reject(new Error('store')))).rejects.toThrow('store')
    expect(await profileOf()).not.toBe(first)
    expect(queries).toHaveLength(3)
  })
})
