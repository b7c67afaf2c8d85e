import { afterEach, describe, expect, it } from 'vitest'
import { collector } from '../../plugins/collector'
import { serve } from '../../src/collector/node/serve'
import { Analytics } from '../../src/node/index'
import { testCollector } from '../collector/helpers/test-collector'

describe('group, alias and screen of a client in Node', () => {
  let close: () => Promise<unknown>
  afterEach(() => close())

  it('are in the store of a collector after flush', async () => {
    const own = testCollector()
    const server = await serve(own.collector, { port: 0 })
    close = server.close
    const analytics = Analytics({ plugins: [collector({ endpoint: server.url, projectKey: 'pk_app' })] })
    await analytics.identify('userid-123')
    await analytics.group('studio-7', { name: 'Northyard' })
    await analytics.alias('userid-456')
    await analytics.screen('Cart', { items: 2 })
    expect(await analytics.flush()).toMatchObject({ delivered: 4, dropped: 0 })
    const { anonymousId } = analytics.user()
    expect(await own.stored(4)).toMatchObject([
      { type: 'identify' },
      { type: 'group', userId: 'userid-123', anonymousId, groupId: 'studio-7', traits: { name: 'Northyard' } },
      { type: 'alias', userId: 'userid-456', previousId: 'userid-123', anonymousId },
      { type: 'screen', userId: 'userid-123', anonymousId, name: 'Cart', properties: { name: 'Cart', items: 2 } },
    ])
  })
})
