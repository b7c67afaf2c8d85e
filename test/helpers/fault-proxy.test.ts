import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultProxy, startFaultProxy } from './fault-proxy'
import { type LoopbackServer, startLoopbackServer } from './loopback-server'

describe('the faulty network', () => {
  let server: LoopbackServer
  let proxy: FaultProxy

  beforeEach(async () => {
    server = await startLoopbackServer(({ body }, response) => response.end(`${body.length} ${'x'.repeat(5000)}`))
    proxy = await startFaultProxy(server.url)
  })
  afterEach(async () => {
    await proxy.close()
    await server.close()
  })

  const post = (body = 'abc', signal?: AbortSignal) =>
    fetch(proxy.url, { method: 'POST', body, signal: signal ?? null })
  const answer = async () => (await (await post()).text()).split(' ')[0]

  it('passes all on as it is, with as much delay as it is told', async () => {
    expect(await answer()).toBe('3')
    proxy.become({ kind: 'latency', ms: 60 })
    const start = performance.now()
    expect(await answer()).toBe('3')
    expect(performance.now() - start).toBeGreaterThan(50)
  })

  it('closes without a word', async () => {
    proxy.become({ kind: 'close' })
    await expect(post()).rejects.toThrow()
    expect(server.received).toEqual([])
  })

  it('never answers', async () => {
    proxy.become({ kind: 'blackhole' })
    await expect(post('abc', AbortSignal.timeout(100))).rejects.toThrow('timeout')
    expect(proxy.connections).toBe(1)
    expect(server.received).toEqual([])
  })

  it('resets within the request, of which the server then never has the whole', async () => {
    proxy.become({ kind: 'reset', in: 'request', afterBytes: 1000 })
    await expect(post('y'.repeat(100_000))).rejects.toThrow()
    expect(server.received).toEqual([])
  })

  it('resets within the answer, when the server has done its work', async () => {
    proxy.become({ kind: 'reset', in: 'answer', afterBytes: 1000 })
    await expect(post().then((response) => response.text())).rejects.toThrow()
    expect(server.received).toHaveLength(1)
  })

  it('is well again when told so', async () => {
    proxy.become({ kind: 'close' })
    await expect(post()).rejects.toThrow()
    proxy.become({ kind: 'none' })
    expect(await answer()).toBe('3')
  })
})
