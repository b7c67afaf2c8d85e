import { describe, expect, it } from 'vitest'
import { toCampaign } from '../../src/core/campaign'
import { createClient } from '../../src/core/client'
import { createFakePlatform } from '../helpers/fake-platform'

describe('a campaign', () => {
  it('is made of utm parameters, prefix dropped, campaign renamed name', () => {
    const query = { utm_campaign: 'spring', utm_source: 'news', utm_id: '7', other: 'x' }
    expect(toCampaign(query)).toEqual({ name: 'spring', source: 'news', id: '7' })
    expect(toCampaign({ other: 'x' })).toBeNull()
  })

  it('has values trimmed, cut after 255 characters, in their own case, and none that is empty', () => {
    const query = { utm_source: ' News ', utm_medium: '  ', utm_term: '', utm_content: 'x'.repeat(300) }
    expect(toCampaign(query)).toEqual({ source: 'News', content: 'x'.repeat(255) })
    expect(toCampaign({ utm_source: '' })).toBeNull()
  })

  it('has all parameters that begin with utm_', () => {
    const names = ['id', 'source_platform', 'creative_format', 'marketing_tactic', 'own']
    const query = Object.fromEntries(names.map((name) => [`utm_${name}`, name]))
    expect(toCampaign(query)).toEqual(Object.fromEntries(names.map((name) => [name, name])))
  })

  it('is told at the start and kept in the state; parameters cannot set who the visitor is', async () => {
    const platform = createFakePlatform()
    platform.page.query = { utm_source: 'news', an_uid: 'mallory', an_aid: 'forged', an_event: 'x' }
    const analytics = createClient({}, platform)
    const told: unknown[] = []
    analytics.on('params', ({ payload }) => void told.push(payload.raw, payload.campaign))
    analytics.on('*', ({ payload }) => void told.push(payload.type))
    await platform.settle()
    expect(told.slice(0, 6).filter((entry) => !/Item/.test(String(entry)))).toEqual([
      platform.page.query,
      { source: 'news' },
      'params',
    ])
    expect(told).toContain('campaign')
    expect(told).not.toContain('trackStart')
    expect(analytics.getState('context.campaign')).toEqual({ source: 'news' })
    expect(analytics.user()).toMatchObject({ userId: null, anonymousId: 'id-1' })
  })
})
