import { describe, expect, it } from 'vitest'
import { createBrowserSender } from '../../src/browser/sender'
import type { SendResult } from '../../src/core/platform'
import type { TransportRequest } from '../../src/core/transport'

const request = (changes: Partial<TransportRequest> = {}): TransportRequest => ({
  method: 'POST',
  url: '/v1/batch',
  headers: { 'content-type': 'text/plain' },
  body: '{}',
  credentials: 'include',
  ...changes,
})

function createWorld() {
  const calls: { url: string; init: RequestInit; answer(response: Response): void; fail(error: Error): void }[] = []
  const sender = createBrowserSender({
    fetch: (url, init) =>
      new Promise((resolve, reject) => {
        calls.push({ url, init, answer: resolve, fail: reject })
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      }),
    pageUrl: () => 'https://www.example.com/prices?x=1',
  })
  const results: SendResult[] = []
  return { sender, calls, results, hear: (result: SendResult) => void results.push(result) }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('an ordinary request', () => {
  it('has left when send returns, and gives status, headers and body of the answer', async () => {
    const { sender, calls } = createWorld()
    const sending = sender.send(request(), { timeoutMs: 1000 })
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({
      url: '/v1/batch',
      init: {
        method: 'POST',
        body: '{}',
        keepalive: false,
        credentials: 'include',
        headers: { 'content-type': 'text/plain' },
      },
    })
    calls[0]?.answer(new Response('full', { status: 503, headers: { 'Retry-After': '3' } }))
    const result = await sending
    expect(result).toMatchObject({ status: 'answered', response: { status: 503, body: 'full' } })
    expect(result.status === 'answered' && result.response.header('retry-after')).toBe('3')
    expect(result.status === 'answered' && result.response.header('x-none')).toBeNull()
  })

  it('fails without rejecting, and without telling the address', async () => {
    const { sender, calls } = createWorld()
    const sending = sender.send(request({ url: '/secret' }), { timeoutMs: 1000 })
    calls[0]?.fail(new TypeError('cannot reach /secret'))
    expect(await sending).toEqual({ status: 'failed', reason: 'TypeError' })
  })

  it('fails when no answer comes in time', async () => {
    const { sender } = createWorld()
    expect(await sender.send(request(), { timeoutMs: 20 })).toEqual({ status: 'failed', reason: 'TimeoutError' })
  })

  it('fails when the body breaks off', async () => {
    const { sender, calls } = createWorld()
    const sending = sender.send(request(), { timeoutMs: 1000 })
    const stream = new ReadableStream({ start: (controller) => controller.error(new TypeError('reset')) })
    calls[0]?.answer(new Response(stream))
    expect((await sending).status).toBe('failed')
  })
})

describe('an exit request', () => {
  it('outlives the page and has left when the call returns', () => {
    const { sender, calls, hear } = createWorld()
    expect(sender.sendUrgently(request(), hear)).toEqual({ status: 'handed-over' })
    expect(calls[0]?.init).toMatchObject({ keepalive: true, body: '{}' })
  })

  it('tells the answer where the page lives on', async () => {
    const { sender, calls, results, hear } = createWorld()
    sender.sendUrgently(request(), hear)
    calls[0]?.answer(new Response('ok'))
    await settle()
    expect(results).toMatchObject([{ status: 'answered', response: { status: 200, body: 'ok' } }])
  })

  it('is refused when all in flight together are over 60 KiB, counted in UTF-8 bytes', () => {
    const { sender, calls, hear } = createWorld()
    // 3 bytes each: 20,000 characters are 60,000 bytes of 61,440.
    expect(sender.sendUrgently(request({ body: '€'.repeat(20_000) }), hear).status).toBe('handed-over')
    expect(sender.sendUrgently(request({ body: 'x'.repeat(1441) }), hear)).toEqual({
      status: 'refused',
      reason: 'budget',
    })
    expect(sender.sendUrgently(request({ body: 'x'.repeat(1440) }), hear).status).toBe('handed-over')
    expect(calls).toHaveLength(2)
  })

  it('gives its bytes back once the body of the answer has been read, or it failed', async () => {
    const { sender, calls, hear } = createWorld()
    const big = request({ body: 'x'.repeat(61_440) })
    sender.sendUrgently(big, hear)
    let finish = () => {}
    calls[0]?.answer(
      new Response(new ReadableStream({ start: (controller) => void (finish = () => controller.close()) })),
    )
    await settle()
    expect(sender.sendUrgently(big, hear).status).toBe('refused')
    finish()
    await settle()
    expect(sender.sendUrgently(big, hear).status).toBe('handed-over')
    calls[1]?.fail(new TypeError('gone'))
    await settle()
    expect(sender.sendUrgently(big, hear).status).toBe('handed-over')
  })

  it.each([
    ['text to another origin', { url: 'https://collect.example.com/v1/batch' }, 'handed-over'],
    ['JSON to the own origin', { headers: { 'content-type': 'application/json' } }, 'handed-over'],
    [
      'JSON to the own origin by its full address',
      { url: 'https://www.example.com/x', headers: { 'content-type': 'application/json' } },
      'handed-over',
    ],
    ['JSON to another origin', { url: 'https://x.test/', headers: { 'content-type': 'application/json' } }, 'refused'],
    [
      'a key in a header to another origin',
      { url: 'https://x.test/', headers: { authorization: 'Basic x' } },
      'refused',
    ],
    ['PUT to another origin', { url: 'https://x.test/', method: 'PUT' }, 'refused'],
  ] as const)(
    'to a receiver that the browser asks first is refused, because it dies with the page: %s',
    (_, changes, status) => {
      const { sender, hear } = createWorld()
      expect(sender.sendUrgently(request(changes), hear).status).toBe(status)
    },
  )
})
