import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import recorded from '../collector/intake/segment-samples/08-browser-batch.json'
import { serveDouble } from '../doubles/double'
import { createSegmentDouble } from '../doubles/segment/segment-double'
import { bundle } from '../helpers/bundle'
import { skipWithoutChromium } from '../helpers/chromium'
import { differences } from '../helpers/differences'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'
import { useBrowser } from '../helpers/use-browser'

type Message = Record<string, unknown> & { type: string }

const keyOf = ({ type, event }: Message) => `${type} ${event ?? ''}`

/** Why each part of what ours sends differs from the recorded requests of `@segment/analytics-next` 1.84.3. */
const TABLE = {
  _metadata: 'says what their client has loaded',
  anonymousId: 'made by each client',
  'context.library': 'each names itself',
  'context.page': 'the port of the page, which was another one',
  'context.screen': 'ours alone',
  'context.sequence': 'ours alone: makes gaps visible; Segment keeps unknown context',
  'context.session': 'ours alone: the visit; Segment keeps unknown context',
  'context.viewport': 'ours alone',
  'integrations.Segment.io': 'theirs sends to itself as to one of many',
  integrations: 'theirs has Segment.io where the caller gave none',
  messageId: 'made by each client',
  'properties.category': 'a category is a property to us, of screens too',
  'properties.hash': 'ours alone: page data of `analytics`',
  'properties.height': 'ours alone: page data of `analytics`',
  'properties.name': 'ours is also among the properties of a screen',
  'properties.referrer': 'missing in ours where there is none, as with `analytics`',
  'properties.url': 'of the page, which was another one',
  'properties.width': 'ours alone: page data of `analytics`',
  timestamp: 'the moment of the call',
  userId: 'theirs is null where ours is missing, and in an alias the user before: a defect of theirs',
  writeKey: 'once in the envelope',
}

describe.skipIf(skipWithoutChromium())('what Segment gets from a browser', () => {
  const browser = useBrowser()
  const double = createSegmentDouble('WRITEKEY')
  let receiver: LoopbackServer
  let site: LoopbackServer

  beforeAll(async () => {
    const { dir, remove } = await bundle({ page: 'test/e2e/segment-page.ts' }, 'browser')
    const script = readFileSync(join(dir, 'page.js'), 'utf8')
    remove()
    receiver = await serveDouble(double)
    site = await startLoopbackServer(({ path }, response) =>
      path === '/page.js'
        ? response.setHeader('content-type', 'text/javascript').end(script)
        : response
            .setHeader('content-type', 'text/html')
            .end('<!doctype html><title>Bench page</title><script src="/page.js"></script>'),
    )
  }, 60_000)
  afterAll(() => Promise.all([receiver?.close(), site?.close()]))

  it('is what its own client sends of the same calls, but for what the table names, and needs no preflight', async () => {
    const page = await (await browser.newContext({ locale: 'en-US', timezoneId: 'UTC' })).newPage()
    const query = 'utm_source=news&utm_medium=email&utm_campaign=spring'
    await page.goto(`${site.url}/index.html?${query}#${encodeURIComponent(receiver.url)}`)
    await page.evaluate(`
      analytics.page({ name: 'Home', category: 'Docs' })
      const options = { integrations: { All: false, Mixpanel: true } }
      analytics.track('Item Purchased', { revenue: 39.95, productId: 'p-1' }, options)
      analytics.identify('user-1', { name: 'Ada', email: 'ada@example.com' })
      analytics.group('g-1', { name: 'Initech' })
      analytics.screen('Home', { v: 1, category: 'Main' })
      analytics.alias('user-2', 'user-1')
      analytics.track('Historical', {}, { timestamp: new Date('2012-12-02T00:30:12.984Z') })
    `)
    const theirs = recorded.body.batch as unknown as Message[]
    await expect.poll(() => double.messages.length).toBe(theirs.length)

    const bodies = receiver.received.map(({ body }) => JSON.parse(body))
    const ours = new Map(bodies.flatMap(({ batch }) => batch as Message[]).map((each) => [keyOf(each), each]))
    expect([...ours.keys()]).toEqual(theirs.map(keyOf))
    const found = theirs.flatMap((message) => differences(message, ours.get(keyOf(message))))
    const top = found
      .map((path) => path.replace(/^(_metadata|context\.\w+)\..*/, '$1'))
      // The version of the browser.
      .filter((path) => !path.startsWith('context.userAgent'))
    expect([...new Set(top)].sort()).toEqual(Object.keys(TABLE).sort())

    expect(ours.get('track Historical')?.timestamp).toBe('2012-12-02T00:30:12.984Z')
    expect(ours.get('alias ')).toMatchObject({ userId: 'user-2', previousId: 'user-1' })
    for (const { context } of ours.values() as Iterable<Message>)
      expect(context).toMatchObject({ campaign: { source: 'news', medium: 'email', name: 'spring' }, timezone: 'UTC' })
    for (const body of bodies) {
      expect(Object.keys(body).sort()).toEqual(['batch', 'sentAt', 'writeKey'])
      expect(Object.keys(recorded.body)).toEqual(expect.arrayContaining(Object.keys(body)))
    }
    for (const { method, path, headers } of receiver.received) {
      expect({ method, path, type: headers['content-type'] }).toEqual({
        method: 'POST',
        path: '/v1/batch',
        type: recorded.request.headers['content-type'],
      })
      expect(headers.authorization).toBeUndefined()
    }
  })
})
