import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Collector, createCollector } from '../../../src/collector'
import { type Served, serve, serveDefaults } from '../../../src/collector/node/serve'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { parsePrometheus } from '../../helpers/parse-prometheus'
import { adminToken, projects, shopBatch, siteOrigin, track } from '../helpers/test-collector'

const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(fetch?: Collector['fetch']): Promise<Served & { path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'firsthand-serve-'))
  closers.push(() => rm(directory, { recursive: true }))
  const path = join(directory, 'events.db')
  const collector = createCollector({ projects, store: sqliteStore({ path }), adminToken, log: () => {} })
  const served = await serve({ fetch: fetch ?? collector.fetch, close: collector.close }, { port: 0 })
  closers.push(served.close)
  return { ...served, path }
}

const post = (url: string, body: BodyInit = JSON.stringify(shopBatch(track)), more: object = {}) =>
  fetch(`${url}/v1/batch`, {
    method: 'POST',
    body,
    headers: { origin: siteOrigin, 'content-type': 'text/plain' },
    ...more,
  })

describe('serve', () => {
  it('serves on the local machine unless it is told otherwise', async () => {
    expect(serveDefaults).toEqual({ port: 8080, host: '127.0.0.1', replaceGlobals: false })
    const { url } = await start()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('stores what is posted, with and without a declared length', async () => {
    const { url } = await start()
    expect(await (await post(url)).json()).toMatchObject({ accepted: 1 })
    const stream = new Blob([JSON.stringify(shopBatch(track))]).stream()
    expect(await (await post(url, stream, { duplex: 'half' })).json()).toMatchObject({ accepted: 1 })
  })

  it('stops reading a body that is too large', async () => {
    const { url } = await start()
    const sending = request(`${url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'text/plain' } })
    sending.on('error', () => {})
    const timer = setInterval(() => sending.write('x'.repeat(65_536)), 1)
    const [response] = await once(sending, 'response')
    clearInterval(timer)
    sending.destroy()
    expect(response.statusCode).toBe(413)
  })

  it('keeps answering others while bodies do not come to an end, and stores nothing of those that break off', async () => {
    const { url } = await start()
    const { hostname, port } = new URL(url)
    const body = JSON.stringify(shopBatch(track))
    const head = `POST /v1/batch HTTP/1.1\r\nHost: x\r\nOrigin: ${siteOrigin}\r\nContent-Length: ${body.length}\r\n\r\n`
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(Number(port), hostname)
        await once(socket, 'connect')
        await new Promise((resolve) => socket.write(head + body.slice(0, -1), resolve))
        return socket
      }),
    )
    expect(await (await post(url)).json()).toMatchObject({ accepted: 1 })
    const faults: unknown[] = []
    const onFault = (fault: unknown) => faults.push(fault)
    process.on('unhandledRejection', onFault)
    closers.push(async () => void process.off('unhandledRejection', onFault))
    await Promise.all(sockets.map((socket) => Promise.all([once(socket, 'close'), socket.destroy()])))
    expect(await (await post(url)).json()).toMatchObject({ accepted: 1 })
    const headers = { authorization: `Bearer ${adminToken}` }
    expect(await (await fetch(`${url}/admin/stats`, { headers })).json()).toMatchObject({ events: 2 })
    expect(faults).toEqual([])
  })

  it('tells the collector the address of the peer', async () => {
    let address: string | undefined
    const { url } = await start(async (_request, info) => {
      address = info?.remoteAddress
      return new Response()
    })
    await fetch(url)
    expect(address).toBe('127.0.0.1')
  })

  it('tells /metrics of the process, each scrape of the time since the one before', async () => {
    const { url } = await start()
    const headers = { authorization: `Bearer ${adminToken}` }
    const scrape = async () => parsePrometheus(await (await fetch(`${url}/metrics`, { headers })).text())
    await scrape()
    // The loop's delay is sampled by a timer: it must have run once.
    await expect
      .poll(async () => (await scrape()).has('nodejs_eventloop_lag_p99_seconds'), { timeout: 10_000 })
      .toBe(true)
    const families = await scrape()
    expect(families.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(1e6)
    expect(families.get('process_cpu_seconds_total')?.type).toBe('counter')
    const startedAt = families.get('process_start_time_seconds')?.samples[0]?.value ?? 0
    expect(Math.abs(startedAt - (Date.now() / 1_000 - process.uptime()))).toBeLessThan(5)
  })

  it('rejects where the port is taken', async () => {
    const { url } = await start()
    const collector = { fetch: async () => new Response(), close: async () => {} }
    await expect(serve(collector, { port: Number(new URL(url).port) })).rejects.toThrow(/EADDRINUSE/)
  })

  it('answers requests under way before it closes, also slow ones, and then takes no more', async () => {
    const { url, close, path } = await start()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const body = JSON.stringify(shopBatch({ ...track, messageId: 'slow' }))
    const head = `POST /v1/batch HTTP/1.1\r\nHost: x\r\nOrigin: ${siteOrigin}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`
    socket.write(head + body.slice(0, 20))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const closed = close()
    socket.write(body.slice(20))
    let answer = ''
    socket.on('data', (data) => (answer += data))
    await Promise.all([closed, once(socket, 'close')])
    expect(answer).toContain('HTTP/1.1 200')
    expect(answer).toContain('"accepted":1')
    await expect(fetch(url)).rejects.toThrow()
    const store = sqliteStore({ path })
    expect((await store.events({ limit: 9 })).events.map(({ messageId }) => messageId)).toEqual(['slow'])
    await store.close()
  })

  it('sends answers to their last byte before it closes', async () => {
    const { url, close } = await start(async () => {
      let left = 5
      const pull = async (controller: ReadableStreamDefaultController) => {
        await new Promise((resolve) => setTimeout(resolve, 30))
        controller.enqueue(new TextEncoder().encode(`${left--} `))
        if (left === 0) controller.close()
      }
      return new Response(new ReadableStream({ pull }))
    })
    const response = await fetch(url)
    const [text] = await Promise.all([response.text(), close()])
    expect(text).toBe('5 4 3 2 1 ')
  })

  it('ends live streams and idle connections when it closes', async () => {
    const { url, close } = await start()
    const stream = await fetch(`${url}/live/events`, { headers: { authorization: `Bearer ${adminToken}` } })
    const reading = (async () => {
      try {
        for await (const _ of stream.body as unknown as AsyncIterable<Uint8Array>);
      } catch {
        // Either way it is over.
      }
    })()
    await post(url)
    const startedAt = performance.now()
    await Promise.all([close(), reading])
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    await close()
  })
})
