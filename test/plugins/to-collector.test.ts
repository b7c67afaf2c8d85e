import { afterEach, describe, expect, it } from 'vitest'
import { collector } from '../../plugins/collector'
import { customEvents } from '../../plugins/http'
import { segment } from '../../plugins/segment'
import { tracardi } from '../../plugins/tracardi/index'
import { serve } from '../../src/collector/node/serve'
import type { Transport } from '../../src/core/transport'
import { Analytics } from '../../src/node/server'
import { projects, testCollector } from '../collector/helpers/test-collector'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'

let server: LoopbackServer | undefined

/** The collector of this repository, behind a real connection. */
async function open() {
  const { collector, stored } = testCollector({ projects })
  server = await startLoopbackServer(async ({ method, path, headers, body }, response) => {
    const request = new Request(`http://collector.test${path}`, { method, body, headers: headers as never })
    const answer = await collector.fetch(request)
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
  return { stored, url: server.url }
}

afterEach(async () => {
  await server?.close()
  server = undefined
})

/** `app` is the project that takes requests without an Origin. */
const transports: [name: string, create: (url: string) => Transport, type: string][] = [
  ['segment', (host) => segment({ host, writeKey: 'pk_app' }), 'Order Completed'],
  ['tracardi', (host) => tracardi({ host, sourceId: 'pk_app' }), 'Order Completed'],
  ['customEvents', (endpoint) => customEvents({ endpoint, projectKey: 'pk_app' }), 'Order Completed'],
]

describe('the collector, which speaks the protocols of others', () => {
  it.each(transports)('takes each event of %s once, with its id, time and properties', async (_, create, name) => {
    const { stored, url } = await open()
    const analytics = Analytics({ plugins: [create(url)] })
    const problems: string[] = []
    analytics.on('error', ({ message }) => problems.push(message))
    const timestamp = new Date(Date.now() - 60_000).toISOString()
    for (const messageId of ['one', 'two', 'one'])
      await analytics.track({ anonymousId: 'a', event: name, properties: { total: 30 }, messageId, timestamp })
    await analytics.close()
    expect(problems).toEqual([])
    const events = await stored(10)
    expect(events.map(({ messageId }) => messageId).sort()).toEqual(['one', 'two'])
    for (const event of events) expect(event).toMatchObject({ type: 'track', event: name, properties: { total: 30 } })
    for (const { timestamp: kept } of events)
      expect(Math.abs(Date.parse(kept) - Date.parse(timestamp))).toBeLessThan(5000)
  })
})

describe('the collector of this repository, from Node', () => {
  it.each([
    ['as it is', {}, undefined],
    ['as gzip', { gzip: true }, 'gzip'],
  ])('takes a large request %s, each event once', async (_, options, encoding) => {
    const { collector: own, stored } = testCollector({ projects })
    const encodings: unknown[] = []
    const site = {
      ...own,
      fetch(request: Request, info?: never) {
        encodings.push(request.headers.get('content-encoding') ?? undefined)
        return own.fetch(request, info)
      },
    }
    const running = await serve(site, { port: 0 })
    const plugins = [collector({ endpoint: running.url, projectKey: 'pk_app', ...options })]
    const analytics = Analytics({ plugins })
    const names = Array.from({ length: 40 }, (__, index) => `Tea ${index} 煎茶`)
    await Promise.all(names.map((event) => analytics.track({ userId: 'u', event })))
    expect(await analytics.flush()).toMatchObject({ delivered: 40, pending: 0, dropped: 0 })
    expect((await stored(50)).map(({ event }) => event).sort()).toEqual(names.sort())
    await analytics.close()
    await running.close()
    expect(new Set(encodings)).toEqual(new Set([encoding]))
  })
})
