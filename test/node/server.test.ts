import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { collector } from '../../plugins/collector'
import type { Event } from '../../src/core/event'
import type { Transport } from '../../src/core/transport'
import Server, { Analytics, type ServerAnalytics } from '../../src/node/server'
import { plainTransport } from '../core/delivery/world'
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from '../helpers/loopback-server'

let server: LoopbackServer | undefined
let analytics: ServerAnalytics | undefined

afterEach(async () => {
  await analytics?.close({ timeoutMs: 0 })
  await server?.close()
  analytics = undefined
  server = undefined
})

const root = new URL('../..', import.meta.url).pathname
/** As the collector reads it: what the batch shares is merged under each event. */
const batchOf = ({ body }: ReceivedRequest): Event[] => {
  const { batch, context } = JSON.parse(body) as { batch: Event[]; context: Event['context'] }
  return batch.map((event) => ({ ...event, context: { ...context, ...event.context } }))
}
const receipt = (request: ReceivedRequest) =>
  JSON.stringify({ success: true, accepted: batchOf(request).length, duplicates: 0, rejected: [] })

async function open(
  answer: Parameters<typeof startLoopbackServer>[0] = (request, response) => response.end(receipt(request)),
  options: Partial<Parameters<typeof collector>[0]> = {},
) {
  server = await startLoopbackServer(answer)
  analytics = Analytics({
    plugins: [collector({ endpoint: server.url, projectKey: 'pk', flushIntervalMs: 10, ...options })],
  })
  analytics.on('error', () => {})
  return { analytics, server, events: () => (server as LoopbackServer).received.flatMap(batchOf) }
}

describe('creation', () => {
  it('offers the client as default and by name', () => {
    expect(Server).toBe(Analytics)
  })

  it.each([
    ['plugins', {}],
    ['plugins', { plugins: [] }],
    ['plugins', { plugins: [{ name: 'hooks', track: () => {} }] }],
    ['plugins', { plugins: [plainTransport(), plainTransport()] }],
    ['queue.maxEvents', { plugins: [plainTransport()], queue: { maxEvents: 0 } }],
    ['queue.maxEvents', { plugins: [plainTransport()], queue: { maxEvents: 'a' } }],
    ['queue.size', { plugins: [plainTransport()], queue: { size: 3 } }],
  ])('throws with the name of the option: %s', (name, options) => {
    expect(() => Analytics(options as unknown as Parameters<typeof Analytics>[0])).toThrow(`[firsthand] ${name}`)
  })
})

describe('calls', () => {
  it('resolve with the event once the queue has it, before anything is sent', async () => {
    const { analytics, server } = await open(undefined, { flushIntervalMs: 60_000 })
    const { event } = await analytics.track({ userId: 'u1', event: 'Order Completed', properties: { total: 5 } })
    expect(event).toMatchObject({
      type: 'track',
      userId: 'u1',
      anonymousId: null,
      event: 'Order Completed',
      properties: { total: 5 },
    })
    expect(server.received).toEqual([])
    expect(await analytics.flush()).toEqual({ delivered: 1, pending: 0, dropped: 0 })
    expect(server.received).toHaveLength(1)
  })

  it('arrive as canonical events, whatever their form', async () => {
    const { analytics, events } = await open()
    await analytics.track('Order Completed', { total: 5 }, { userId: 7 })
    await analytics.track({
      anonymousId: 'a1',
      event: 'Seen',
      timestamp: new Date(0),
      messageId: 'own',
      context: { ip: '1.2.3.4' },
    })
    await analytics.page({ userId: 'u1', name: 'Prices', properties: { url: 'https://example.com/' } })
    await analytics.page('Prices', undefined, { anonymousId: 'a1' })
    await analytics.screen('Home', {}, { userId: 'u1' })
    await analytics.identify('u1', { plan: 'pro' }, { userId: 'u1', anonymousId: 'a1' })
    await analytics.identify({ userId: 'u1', traits: { plan: 'pro' }, timestamp: 1000 })
    await analytics.group('g1', { size: 3 }, { userId: 'u1' })
    await analytics.alias('u2', 'u1')
    expect(await analytics.flush()).toEqual({ delivered: 9, pending: 0, dropped: 0 })
    const byNumber = events().sort((a, b) => (a.context.sequence?.number ?? 0) - (b.context.sequence?.number ?? 0))
    expect(byNumber).toMatchObject([
      { type: 'track', event: 'Order Completed', properties: { total: 5 }, userId: '7', anonymousId: null },
      {
        type: 'track',
        event: 'Seen',
        timestamp: '1970-01-01T00:00:00.000Z',
        messageId: 'own',
        userId: null,
        anonymousId: 'a1',
      },
      { type: 'page', name: 'Prices', properties: { name: 'Prices', url: 'https://example.com/' } },
      { type: 'page', name: 'Prices', anonymousId: 'a1' },
      { type: 'screen', name: 'Home' },
      { type: 'identify', userId: 'u1', anonymousId: 'a1', traits: { plan: 'pro' } },
      { type: 'identify', userId: 'u1', timestamp: '1970-01-01T00:00:01.000Z' },
      { type: 'group', groupId: 'g1', traits: { size: 3 } },
      { type: 'alias', userId: 'u2', previousId: 'u1' },
    ])
    expect(byNumber.map(({ context }) => context.sequence?.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(new Set(byNumber.map(({ messageId }) => messageId)).size).toBe(9)
    for (const event of byNumber) expect(event.version).toBe(1)
  })

  it.each([
    [
      'a track without a user',
      (client: ServerAnalytics) => client.track({ event: 'x' } as never),
      'userId or anonymousId',
    ],
    [
      'a track with an empty user',
      (client: ServerAnalytics) => client.track('x', {}, { userId: '' }),
      'userId or anonymousId',
    ],
    ['a track without a name', (client: ServerAnalytics) => client.track({ userId: 'u' } as never), 'event'],
    ['a call without anything', (client: ServerAnalytics) => (client.track as () => Promise<unknown>)(), 'userId'],
    ['a group without an id', (client: ServerAnalytics) => client.group({ userId: 'u' } as never), 'groupId'],
    ['an alias without the old id', (client: ServerAnalytics) => client.alias({ userId: 'u' } as never), 'previousId'],
    [
      'a long messageId',
      (client: ServerAnalytics) => client.track({ userId: 'u', event: 'x', messageId: 'm'.repeat(101) }),
      'messageId',
    ],
    [
      'a timestamp that is none',
      (client: ServerAnalytics) => client.track({ userId: 'u', event: 'x', timestamp: 'soon' }),
      'timestamp',
    ],
    [
      'an event that is too large',
      (client: ServerAnalytics) => client.track('x', { text: 'x'.repeat(40_000) }, { userId: 'u' }),
      'no transport',
    ],
  ])('reject with a clear message: %s', async (_, call, message) => {
    const { analytics } = await open()
    await expect(call(analytics)).rejects.toThrow(new RegExp(`^\\[firsthand\\] .*${message}`))
    expect(analytics.getState('delivery').waiting).toBe(0)
  })

  it('that are wrong and not awaited reach on(error) and do not end the process', async () => {
    const { analytics } = await open()
    const errors: string[] = []
    analytics.on('error', ({ message }) => errors.push(message))
    void analytics.track({ event: 'x' } as never)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(errors).toEqual([expect.stringContaining('userId or anonymousId')])
  })

  it('never mix up users: a thousand at the same time, each with its own', async () => {
    const { analytics, events } = await open()
    await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index % 7))
        await analytics.identify({ userId: `u${index}`, traits: { index } })
        await new Promise((resolve) => setTimeout(resolve, index % 5))
        await analytics.track({ userId: `u${index}`, event: 'Did', properties: { index } })
      }),
    )
    expect(await analytics.flush()).toMatchObject({ pending: 0, dropped: 0 })
    expect(events()).toHaveLength(2000)
    for (const { userId, traits, properties } of events()) expect(userId).toBe(`u${(traits ?? properties)?.index}`)
    // Each user's events in the order of the calls.
    expect(
      new Set(
        events()
          .filter(({ type }) => type === 'identify')
          .map(({ userId }) => userId),
      ).size,
    ).toBe(1000)
    const types = new Map<string | null, string[]>()
    for (const { userId, type } of events()) types.set(userId, [...(types.get(userId) ?? []), type])
    for (const order of types.values()) expect(order).toEqual(['identify', 'track'])
  })
})

describe('delivery', () => {
  it('has at most four requests under way', async () => {
    const { analytics, server } = await open(async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      response.end(receipt(request))
    })
    for (let index = 0; index < 3000; index++) void analytics.track({ userId: `u${index}`, event: 'x' })
    expect(await analytics.flush()).toEqual({ delivered: 3000, pending: 0, dropped: 0 })
    expect(server.open.most).toBe(4)
  })

  it('survives an outage and tells what is pending meanwhile', async () => {
    let isDown = true
    const { analytics, events } = await open((request, response) =>
      isDown ? response.writeHead(503).end() : response.end(receipt(request)),
    )
    const outcomes: string[] = []
    analytics.on('delivery', ({ outcome }) => outcomes.push(outcome.status))
    await analytics.track({ userId: 'u', event: 'x' })
    expect(await analytics.flush()).toEqual({ delivered: 0, pending: 1, dropped: 0 })
    isDown = false
    expect(await analytics.flush()).toEqual({ delivered: 1, pending: 0, dropped: 0 })
    expect(new Set(events().map(({ messageId }) => messageId)).size).toBe(1)
    expect(outcomes).toContain('retry')
    expect(outcomes.at(-1)).toBe('delivered')
  })

  it('reports what is refused or paused as an error', async () => {
    const { analytics } = await open((_, response) => response.writeHead(401).end())
    const errors: string[] = []
    analytics.on('error', ({ message }) => errors.push(message))
    await analytics.track({ userId: 'u', event: 'x' })
    await analytics.flush()
    expect(errors).toEqual(['collector: paused, http-401'])
    expect(analytics.getState('delivery').paused).toEqual({ collector: 'http-401' })
  })

  it('warns once where nobody listens for errors', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    server = await startLoopbackServer((_, response) => response.writeHead(400).end())
    analytics = Analytics({ plugins: [collector({ endpoint: server.url, projectKey: 'pk' })] })
    for (let index = 0; index < 5; index++) await analytics.track({ userId: 'u', event: 'x' })
    await analytics.flush()
    expect(warn.mock.calls).toEqual([[expect.stringContaining('collector: rejected, http-400')]])
    warn.mockRestore()
  })

  it('goes on when a listener throws, and stops calling one that was taken off', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { analytics } = await open()
    let calls = 0
    const off = analytics.on('delivery', () => {
      calls++
      throw new Error('mine')
    })
    await analytics.track({ userId: 'u', event: 'x' })
    expect(await analytics.flush()).toMatchObject({ delivered: 1 })
    off()
    await analytics.track({ userId: 'u', event: 'x' })
    expect(await analytics.flush()).toMatchObject({ delivered: 1 })
    expect(calls).toBe(1)
    warn.mockRestore()
  })

  it('keeps the bound of its queue and counts what it dropped', async () => {
    server = await startLoopbackServer((_, response) => response.writeHead(503).end())
    analytics = Analytics({
      plugins: [collector({ endpoint: server.url, projectKey: 'pk' })],
      queue: { maxEvents: 100 },
    })
    const errors: string[] = []
    analytics.on('error', ({ message }) => errors.push(message))
    for (let index = 0; index < 1000; index++) await analytics.track({ userId: `u${index}`, event: 'x' })
    expect(analytics.getState('delivery')).toMatchObject({
      accepted: 1000,
      waiting: 100,
      dropped: { 'queue-full': 900 },
    })
    expect(errors).toHaveLength(900)
  })

  it('leaves lanes to transports that have their own', async () => {
    const lanes: string[] = []
    const transport: Transport = plainTransport({
      lane(event) {
        lanes.push(event.userId ?? '')
        return event.userId ?? ''
      },
      encode: () => ({ status: 'rejected', reason: 'test' }),
    })
    analytics = Analytics({ plugins: [transport] })
    analytics.on('error', () => {})
    await analytics.track({ userId: 'u1', event: 'x' })
    expect(lanes).toEqual(['u1'])
  })
})

describe('the end', () => {
  it('close flushes, tells the result, and no call is taken after it', async () => {
    const { analytics, events } = await open(undefined, { flushIntervalMs: 60_000 })
    await analytics.track({ userId: 'u', event: 'x' })
    expect(await analytics.close()).toEqual({ delivered: 1, pending: 0, dropped: 0 })
    expect(events()).toHaveLength(1)
    await expect(analytics.track({ userId: 'u', event: 'x' })).rejects.toThrow('closed')
  })

  it('close gives up after its time and says what is lost', async () => {
    const { analytics } = await open(() => {})
    await analytics.track({ userId: 'u', event: 'x' })
    const before = Date.now()
    expect(await analytics.close({ timeoutMs: 100 })).toEqual({ delivered: 0, pending: 1, dropped: 0 })
    expect(Date.now() - before).toBeLessThan(2000)
  })

  it('is reached by `await using` as well', async () => {
    const { analytics, events } = await open(undefined, { flushIntervalMs: 60_000 })
    await analytics.track({ userId: 'u', event: 'x' })
    await analytics[Symbol.asyncDispose]()
    expect(events()).toHaveLength(1)
  })

  it.each([
    ['has not flushed', ''],
    ['awaits a flush', 'await analytics.flush()'],
  ])('of a script that %s comes by itself, and nothing is lost', async (_, ending) => {
    const { url, received, close } = await startLoopbackServer((request, response) => response.end(receipt(request)))
    const directory = await mkdtemp(join(tmpdir(), 'firsthand-'))
    try {
      const entry = `import { Analytics } from './src/node/server'
        import { collector } from './plugins/collector'
        const analytics = Analytics({ plugins: [collector({ endpoint: '${url}', projectKey: 'pk' })] })
        for (let index = 0; index < 250; index++) await analytics.track({ userId: 'u' + index, event: 'x' })
        ${ending}`
      const { outputFiles } = await build({
        stdin: { contents: entry, resolveDir: root, loader: 'ts' },
        bundle: true,
        format: 'esm',
        platform: 'node',
        write: false,
      })
      const file = join(directory, 'script.mjs')
      await writeFile(file, outputFiles[0]?.text ?? '')
      const child = spawn(process.execPath, [file], { stdio: 'inherit' })
      const [code] = await once(child, 'exit')
      expect(code).toBe(0)
      expect(new Set(received.flatMap(batchOf).map(({ messageId }) => messageId)).size).toBe(250)
    } finally {
      await close()
      await rm(directory, { recursive: true })
    }
  })
})
