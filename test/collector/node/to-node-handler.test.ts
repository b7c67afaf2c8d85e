import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { toNodeHandler } from '../../../src/collector/node/to-node-handler'
import type { RequestInfo } from '../../../src/collector/request-info'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listen(handler: RequestListener): Promise<string> {
  server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Says what it got. */
function recorder() {
  const got: { url: string; body: string; info: RequestInfo | undefined }[] = []
  const fetch = async (request: Request, info?: RequestInfo) => {
    got.push({ url: request.url, body: await request.text(), info })
    return new Response('answered', { status: 207, headers: { 'x-own': 'yes' } })
  }
  return { got, handler: toNodeHandler({ fetch }) }
}

describe('toNodeHandler', () => {
  it('hands on address, body, the peer and the figures of the process, and sends the answer', async () => {
    const { got, handler } = recorder()
    const url = await listen((request, response) => void handler(request, response))
    const response = await fetch(`${url}/e/v1/batch?a=1`, { method: 'POST', body: 'the body' })
    expect([response.status, response.headers.get('x-own'), await response.text()]).toEqual([207, 'yes', 'answered'])
    expect(got).toMatchObject([
      { url: `${url}/e/v1/batch?a=1`, body: 'the body', info: { remoteAddress: '127.0.0.1' } },
    ])
    expect(got[0]?.info?.figures?.().map(({ name }) => name)).toContain('process_resident_memory_bytes')
  })

  it('takes the whole address where the app has shortened it', async () => {
    const { got, handler } = recorder()
    const url = await listen((request, response) => {
      const mounted = Object.assign(request, { originalUrl: request.url, url: '/v1/batch' })
      void handler(mounted, response)
    })
    await fetch(`${url}/e/v1/batch`)
    expect(got[0]?.url).toBe(`${url}/e/v1/batch`)
  })

  it('says 503 where a parser has taken the body, so that the sender keeps its events, and warns once', async () => {
    const { got, handler } = recorder()
    const warnings: string[] = []
    const onWarning = ({ message }: Error) => warnings.push(message)
    process.on('warning', onWarning)
    const url = await listen(async (request: IncomingMessage, response) => {
      for await (const _ of request);
      await handler(request, response)
    })
    for (let times = 0; times < 2; times++) {
      const response = await fetch(url, { method: 'POST', body: '{}' })
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60'])
      expect((await response.json()).error.code).toBe('body-taken')
    }
    process.off('warning', onWarning)
    expect(got).toEqual([])
    expect(warnings).toEqual([expect.stringMatching(/^\[firsthand\] toNodeHandler: .*mount the collector first$/)])
  })
})
