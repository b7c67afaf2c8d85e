import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { collector } from '../../plugins/collector'
import { gzip } from '../../plugins/gzip'
import { createBrowserSender } from '../../src/browser/sender'
import { readBody } from '../../src/collector/read-body'
import type { Encoded, PackedRequest, Transport, TransportContext, TransportRequest } from '../../src/core/transport'
import { sampleEvent } from '../../src/testing/sample-event'
import { createTestContext } from '../../src/testing/test-world'
import { testTransport } from '../contract/transport'

const endpoint = 'https://collect.example.com'
const plain = () => collector({ endpoint, projectKey: 'pk' })

/** What the collector reads. */
const textOf = ({ body, url }: TransportRequest | PackedRequest): string =>
  typeof body === 'string' ? body : url.endsWith('?encoding=gzip') ? gunzipSync(body ?? '').toString() : ''

testTransport('gzip(collector)', {
  create: () => gzip(plain()),
  success: (request) => ({
    status: 200,
    body: JSON.stringify({
      success: true,
      accepted: JSON.parse(textOf(request)).batch.length,
      duplicates: 0,
      rejected: [],
    }),
  }),
  lie: { status: 200, body: '<!doctype html>' },
})

const events = (count: number) => Array.from({ length: count }, (_, index) => sampleEvent(index))
const encode = (transport: Transport, count: number, context: TransportContext = createTestContext('browser')) =>
  transport.encode(events(count), context) as Encoded
const requestOf = async (count: number, context?: TransportContext, transport = gzip(plain())) =>
  (await encode(transport, count, context)) as TransportRequest | PackedRequest
const plainOf = (count: number, context?: TransportContext) => encode(plain(), count, context) as TransportRequest

function failing() {
  throw new TypeError('unsupported format')
}

afterEach(() => vi.unstubAllGlobals())

describe('gzip in a browser', () => {
  it('packs a batch for our collector, which reads what would have left plain', async () => {
    const { url, method, headers, body, credentials } = (await requestOf(100)) as PackedRequest
    const expected = plainOf(100).body ?? ''
    expect({ url, method, headers, credentials }).toEqual({
      url: `${endpoint}/v1/batch?encoding=gzip`,
      method: 'POST',
      // No content type: it is no text any more, and any other would cost a preflight.
      headers: {},
      credentials: 'include',
    })
    expect(body.byteLength * 7).toBeLessThan(expected.length)
    expect(await readBody(new Request(url, { method, headers, body }), 1_000_000)).toBe(expected)
  })

  it('adds to a query that is there', async () => {
    const transport: Transport = {
      ...plain(),
      encode: () => ({ method: 'POST', url: '/in?key=k', headers: {}, body: 'a'.repeat(2_048) }),
    }
    expect((await requestOf(1, undefined, gzip(transport))).url).toBe('/in?key=k&encoding=gzip')
  })

  it('leaves a small body as it is', async () => {
    expect(plainOf(1).body?.length).toBeLessThan(2_048)
    expect(await requestOf(1)).toEqual(plainOf(1))
  })

  it('gives the plain request at once while the page goes away, and its sender takes it across origins', () => {
    const urgent = createTestContext('browser', true)
    const request = encode(gzip(plain()), 30, urgent) as TransportRequest
    expect(request).toEqual(plainOf(30, urgent))
    const sender = createBrowserSender({
      fetch: async () => new Response('{}'),
      pageUrl: () => 'https://www.example.com/',
    })
    expect(sender.sendUrgently(request, () => {})).toEqual({ status: 'handed-over' })
  })

  it.each([
    ['has no compression', undefined],
    ['fails to compress', failing],
  ])('leaves a body plain where the browser %s', async (_, CompressionStream) => {
    vi.stubGlobal('CompressionStream', CompressionStream)
    expect(await requestOf(100)).toEqual(plainOf(100))
  })

  it('hands on what is no request', async () => {
    const paused = { status: 'paused', reason: 'consent' } as const
    expect(await encode(gzip({ ...plain(), encode: () => paused }), 1)).toBe(paused)
    expect(await encode(gzip({ ...plain(), encode: async () => paused }), 1)).toBe(paused)
  })
})

describe('gzip in Node', () => {
  it('asks the host to pack, which it does with a header', async () => {
    const context = createTestContext('node')
    expect(await requestOf(100, context)).toEqual({ ...plainOf(100, context), gzip: true })
  })
})

describe('gzip', () => {
  it('is the transport that it is given in all else', () => {
    const { encode: _, ...rest } = gzip(collector({ endpoint, projectKey: 'pk', maxBatchEvents: 7 }))
    const { encode: __, ...own } = collector({ endpoint, projectKey: 'pk', maxBatchEvents: 7 })
    expect(JSON.stringify(rest)).toBe(JSON.stringify(own))
  })

  it('throws where it is given no transport', () => {
    expect(() => gzip(undefined as unknown as Transport)).toThrow(/^\[firsthand\] transport: /)
    expect(() => gzip({ name: 'plugin' } as unknown as Transport)).toThrow(/^\[firsthand\] transport: /)
  })
})
