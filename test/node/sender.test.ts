import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createFetchSender } from '../../src/node/sender'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'

let server: LoopbackServer | undefined
afterEach(() => server?.close())

const request = (url: string) => ({
  method: 'POST' as const,
  url,
  headers: { 'content-type': 'application/json' },
  body: '{"a":"€"}',
})

describe('the sender of Node', () => {
  it('sends the request and reads the whole answer', async () => {
    server = await startLoopbackServer((_, response) => response.writeHead(429, { 'Retry-After': '3' }).end('later'))
    const result = await createFetchSender().send(request(`${server.url}/v1/batch`), { timeoutMs: 2000 })
    expect(server.received).toMatchObject([
      { method: 'POST', path: '/v1/batch', body: '{"a":"€"}', headers: { 'content-type': 'application/json' } },
    ])
    expect(result).toMatchObject({ status: 'answered', response: { status: 429, body: 'later' } })
    expect(result.status === 'answered' && result.response.header('Retry-After')).toBe('3')
  })

  it('fails after the timeout when no answer comes', async () => {
    server = await startLoopbackServer(() => {})
    expect(await createFetchSender().send(request(server.url), { timeoutMs: 50 })).toEqual({
      status: 'failed',
      reason: 'AbortError',
    })
  })

  it('fails after the timeout when the body never ends', async () => {
    server = await startLoopbackServer((_, response) => response.writeHead(200).write('half'))
    expect(await createFetchSender().send(request(server.url), { timeoutMs: 50 })).toMatchObject({ status: 'failed' })
  })

  it('fails when the connection is reset', async () => {
    server = await startLoopbackServer((_, response) => response.destroy())
    expect(await createFetchSender().send(request(server.url), { timeoutMs: 2000 })).toMatchObject({ status: 'failed' })
  })

  it('fails when nobody listens, and for an address that is none', async () => {
    expect(await createFetchSender().send(request('http://127.0.0.1:1/'), { timeoutMs: 2000 })).toMatchObject({
      status: 'failed',
    })
    expect(await createFetchSender().send(request('/relative'), { timeoutMs: 2000 })).toMatchObject({
      status: 'failed',
    })
  })

  it('refuses exit requests: none outlives its process', () => {
    expect(createFetchSender().sendUrgently(request('http://127.0.0.1/'), () => {})).toEqual({
      status: 'refused',
      reason: 'process',
    })
  })

  it('uses nothing that edge runtimes lack', () => {
    expect(readFileSync(new URL('../../src/node/sender.ts', import.meta.url), 'utf8')).not.toMatch(/from 'node:/)
  })
})
