import { describe, expect, it } from 'vitest'
import * as entry from '../../src/node/index'
import { captureTransport } from '../helpers/capture-transport'

describe('firsthand in Node', () => {
  it('exports Analytics as default and by two names, EVENTS and CONSTANTS', () => {
    expect(Object.keys(entry).sort()).toEqual(['Analytics', 'CONSTANTS', 'EVENTS', 'default', 'init'])
    expect(entry.default).toBe(entry.Analytics)
  })

  it('gives each client a visitor of its own', async () => {
    const [one, two] = [entry.Analytics(), entry.init()]
    await one.identify('alice', { secret: 1 })
    expect(two.user()).toMatchObject({ userId: null, traits: {} })
    expect(two.user('anonymousId')).not.toBe(one.user('anonymousId'))
    expect(entry.Analytics().user('userId')).toBeNull()
  })

  it('has as properties of a page what it is given', async () => {
    expect((await entry.Analytics().page()).payload.properties).toEqual({})
    expect((await entry.Analytics().page({ path: '/a' })).payload.properties).toEqual({ path: '/a' })
  })

  it('numbers its events, and says which library it is', async () => {
    const transport = captureTransport('t', { encode: () => ({ status: 'rejected', reason: 'kept here' }) })
    const analytics = entry.Analytics({ plugins: [transport] })
    const { payload } = await analytics.track('x')
    expect(payload.meta.sequence).toMatchObject({ number: 1 })
    expect(payload.meta.context).toMatchObject({ library: { name: 'firsthand' }, timezone: expect.any(String) })
    expect(await analytics.close()).toEqual({ delivered: 0, pending: 0, dropped: 1 })
  })
})
