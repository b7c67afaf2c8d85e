import { createRequire } from 'node:module'
import * as originalEntry from 'analytics'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Analytics } from '../../src/node/index'
import { type CommonClient, type CreateClient, pause } from './case'

const require = createRequire(import.meta.url)

const libraries: [string, CreateClient][] = [
  ['analytics', (originalEntry as unknown as { Analytics: CreateClient }).Analytics],
  ['firsthand', Analytics as unknown as CreateClient],
]

type Vendor = { prototype: Record<string, (...args: unknown[]) => unknown> }

async function visit(client: CommonClient) {
  await client.page({ url: 'https://shop.example.com/' })
  await client.track('Anonymous', { a: 1 })
  await client.identify('ann', { plan: 'team' })
  await client.page({ url: 'https://shop.example.com/prices' })
  await client.track('Known', { a: 2 })
  client.plugins.segment?.group?.('northyard', { seats: 3 })
  await client.reset()
  await pause()
}

describe('the Node builds of plugins of analytics from npm', () => {
  beforeEach(() => {
    Object.assign(globalThis, { __global__: {} })
    vi.spyOn(console, 'log').mockImplementation(() => {})
  })
  afterEach(() => void vi.restoreAllMocks())

  it.each([
    ['@analytics/customerio', 'customerio-node', { siteId: 'site', apiKey: 'key' }, 'trackPageView track identify', 3],
    ['@analytics/segment', 'analytics-node', { writeKey: 'key' }, 'page track identify group', 6],
  ])('%s gives its vendor the same calls on both', async (name, vendor, config, methods, count) => {
    const { prototype } = require(vendor) as Vendor
    const calls: Record<string, unknown[]> = {}
    for (const [library, create] of libraries) {
      const made: unknown[] = []
      calls[library] = made
      for (const method of methods.split(' ')) {
        vi.spyOn(prototype, method).mockImplementation((...args: unknown[]) => void made.push([method, ...args]))
      }
      const initialUser = { anonymousId: 'visitor' }
      await visit(create({ initialUser, plugins: [require(name)(config)] }))
    }
    expect(calls.firsthand).toEqual(calls.analytics)
    expect(calls.analytics).toHaveLength(count)
  })

  it.each(['google-analytics', 'simple-analytics', 'mixpanel'])(
    '@analytics/%s does nothing in Node, on both',
    async (name) => {
      for (const [, create] of libraries) {
        const made = require(`@analytics/${name}`)
        const client = create({ plugins: [(made.default ?? made)({ token: 'token', measurementIds: ['G-1'] })] })
        const ready = vi.fn()
        client.ready(ready)
        await visit(client)
        expect(ready).toHaveBeenCalledOnce()
      }
    },
  )
})
