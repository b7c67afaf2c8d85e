import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collector } from '../../plugins/collector'
import type { DeliveryState } from '../../src/core/delivery/delivery'
import type { SendResult } from '../../src/core/platform'
import { Analytics as Visitor } from '../../src/node'
import { createFetchSender } from '../../src/node/sender'
import { Analytics as Server } from '../../src/node/server'
import { skipWithoutChromium } from '../helpers/chromium'
import { type FaultProxy, startFaultProxy } from '../helpers/fault-proxy'
import { asDate, type FaultServer, inSeconds, startFaultServer } from '../helpers/fault-server'
import { bundleText } from '../helpers/bundle'
import { type TestBrowser, useBrowser } from '../helpers/use-browser'

const EVENTS = 20
const names = Array.from({ length: EVENTS }, (_, index) => `e${index}`)

/** One client with one transport, wherever it runs. */
interface Client {
  /** Makes the calls in one task. */
  track(names: readonly string[]): Promise<unknown>
  state(): Promise<DeliveryState>
  /** One request of its sender. */
  send(timeoutMs: number): Promise<SendResult>
  close(): Promise<unknown>
}

type Start = (url: string, browser: TestBrowser) => Promise<Client>

const inNode =
  (create: (url: string) => { track(name: string): unknown; state(): DeliveryState; close(): Promise<unknown> }) =>
  async (url: string): Promise<Client> => {
    const client = create(url)
    return {
      track: async (names) => names.forEach(client.track),
      state: async () => client.state(),
      send: (timeoutMs) =>
        createFetchSender().send({ method: 'POST', url: `${url}/sender`, headers: {}, body: 'x' }, { timeoutMs }),
      close: client.close,
    }
  }

const transport = (url: string) => collector({ endpoint: url, projectKey: 'pk', flushIntervalMs: 10 })

const clients: { name: string; needsBrowser?: boolean; start: Start }[] = [
  {
    name: 'a page in Chromium',
    needsBrowser: true,
    async start(url, browser) {
      const page = await (await browser.newContext()).newPage()
      await page.goto(url)
      return {
        track: (names) => page.evaluate((all) => all.forEach((name) => window.client.track(name)), names),
        state: () => page.evaluate(() => window.client.getState('delivery') as DeliveryState),
        send: (timeoutMs) => page.evaluate((ms) => window.send(ms), timeoutMs),
        close: () => page.close(),
      }
    },
  },
  {
    name: 'firsthand in Node',
    start: inNode((url) => {
      const client = Visitor({ plugins: [transport(url)] })
      return {
        track: (name) => void client.track(name),
        state: () => client.getState('delivery') as DeliveryState,
        close: () => client.close({ timeoutMs: 0 }),
      }
    }),
  },
  {
    name: 'firsthand/node',
    start: inNode((url) => {
      const client = Server({ plugins: [transport(url)] })
      return {
        track: (event) => void client.track({ userId: 'u1', event }),
        state: () => client.getState('delivery') as DeliveryState,
        close: () => client.close({ timeoutMs: 0 }),
      }
    }),
  },
]

declare global {
  interface Window {
    send(timeoutMs: number): Promise<SendResult>
  }
}

const pageScript = `import Analytics from './src/browser/index'
  import { createBrowserSender } from './src/browser/sender'
  import { collector } from './plugins/collector'
  const sender = createBrowserSender({ fetch: (url, init) => fetch(url, init), pageUrl: () => location.href })
  window.send = (timeoutMs) => sender.send({ method: 'POST', url: '/sender', headers: {}, body: 'x' }, { timeoutMs })
  window.client = Analytics({ plugins: [collector({ endpoint: '/', projectKey: 'pk', flushIntervalMs: 10 })] })`

describe.each(clients)('a faulty network and $name', { timeout: 60_000 }, ({ needsBrowser, start }) => {
  describe.skipIf(needsBrowser && skipWithoutChromium())('', () => {
    const browser = needsBrowser ? useBrowser() : ({} as TestBrowser)
    let script = ''
    let server: FaultServer
    let proxy: FaultProxy
    let client: Client

    beforeAll(async () => {
      if (needsBrowser) script = await bundleText(pageScript)
    }, 60_000)
    beforeEach(async () => {
      server = await startFaultServer(({ path }) =>
        path === '/script.js'
          ? { type: 'text/javascript', body: script }
          : path === '/sender'
            ? { type: 'text/plain', body: 'x'.repeat(5000) }
            : { type: 'text/html', body: '<title>site</title><script src="/script.js"></script>' },
      )
      proxy = await startFaultProxy(server.url)
      client = await start(proxy.url, browser)
    })
    afterEach(async () => {
      await client.close()
      await proxy.close()
      await server.close()
    })

    const allArrive = async (expected: readonly string[] = names) => {
      await expect.poll(() => server.stored.size, { timeout: 30_000 }).toBe(expected.length)
      await expect.poll(async () => (await client.state()).waiting, { timeout: 30_000 }).toBe(0)
      expect([...server.stored.keys()]).toEqual(expected)
    }
    const eachOnce = () => expect(new Set(server.stored.values())).toEqual(new Set([1]))

    describe('its sender', () => {
      it('waits for a slow answer, and no longer than it may', async () => {
        proxy.become({ kind: 'latency', ms: 200 })
        expect(await client.send(30_000)).toMatchObject({ status: 'answered', response: { body: 'x'.repeat(5000) } })
        expect(await client.send(50)).toMatchObject({ status: 'failed' })
      })

      it.each([
        ['that takes it and never answers', { kind: 'blackhole' }, 300],
        ['that closes the connection', { kind: 'close' }, 30_000],
        ['that resets it before the answer', { kind: 'reset', in: 'answer', afterBytes: 0 }, 30_000],
        ['that resets it within the answer', { kind: 'reset', in: 'answer', afterBytes: 1000 }, 30_000],
      ] as const)('says that a request failed in a network %s', async (_, fault, timeoutMs) => {
        proxy.become(fault)
        expect(await client.send(timeoutMs)).toMatchObject({ status: 'failed' })
        proxy.become({ kind: 'none' })
        expect(await client.send(30_000)).toMatchObject({ status: 'answered' })
      })
    })

    it.each([500, 503, 408, 425])(
      'tries again after %i, and each event is stored once and in order',
      async (status) => {
        server.refusals = [{ status }, { status }]
        await client.track(names)
        await allArrive()
        eachOnce()
        expect(await client.state()).toMatchObject({ accepted: EVENTS, acknowledged: EVENTS, dropped: {} })
        expect((await client.state()).retried).toBeGreaterThanOrEqual(2)
      },
    )

    it.each([
      ['in seconds', inSeconds(2), 2000],
      ['as a date', asDate(3), 2000],
    ])('comes again no sooner than 429 asks for %s', async (_, retryAfter, leastMs) => {
      server.refusals = [{ status: 429, retryAfter }]
      await client.track(names)
      await allArrive()
      eachOnce()
      const [refused = 0, next = 0] = server.arrivals
      expect(next - refused).toBeGreaterThanOrEqual(leastMs - 50)
    })

    it('splits what is too large for the receiver, and drops only an event that alone is', async () => {
      server.maxBytes = 6000
      await client.track([...names.slice(0, 10), 'x'.repeat(7000), ...names.slice(10)])
      await allArrive()
      eachOnce()
      expect(await client.state()).toMatchObject({ dropped: { rejected: 1 } })
    })

    it('finds the one event for which the receiver refuses a batch', async () => {
      server.poison = 'e13'
      await client.track(names)
      await allArrive(names.filter((name) => name !== 'e13'))
      eachOnce()
      expect(await client.state()).toMatchObject({ acknowledged: EVENTS - 1, dropped: { rejected: 1 } })
    })

    it.each([
      ['closes connections', { kind: 'close' }],
      ['resets them within the request', { kind: 'reset', in: 'request', afterBytes: 500 }],
    ] as const)('delivers all when a network is well again that %s', async (_, fault) => {
      proxy.become(fault)
      await client.track(names)
      await expect.poll(async () => (await client.state()).retried, { timeout: 30_000 }).toBeGreaterThan(0)
      expect(server.stored.size).toBe(0)
      proxy.become({ kind: 'none' })
      await allArrive()
      eachOnce()
    })

    it('sends again what was stored when its answer was lost, by the same ids and in order', async () => {
      proxy.become({ kind: 'reset', in: 'answer', afterBytes: 20 })
      await client.track(names)
      await expect.poll(() => server.arrivals.length, { timeout: 30_000 }).toBeGreaterThan(1)
      expect(await client.state()).toMatchObject({ acknowledged: 0, waiting: EVENTS })
      proxy.become({ kind: 'none' })
      await allArrive()
      const tries = server.received.filter(({ path }) => path === '/v1/batch').map(({ body }) => JSON.parse(body))
      const ids = tries.flatMap(({ batch }) => batch.map(({ messageId }: { messageId: string }) => messageId))
      expect(ids.length).toBeGreaterThan(EVENTS)
      expect(new Set(ids).size).toBe(EVENTS)
    })
  })
})
