import { runInContext, createContext } from 'node:vm'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStitchDouble, type StitchDouble } from '../doubles/stitch/stitch-double'
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a Worker has, and nothing of Node. */
const webNames = [
  ...['AbortController', 'AbortSignal', 'Blob', 'CompressionStream', 'DecompressionStream', 'Event', 'EventTarget'],
  ...['Headers', 'ReadableStream', 'Request', 'Response', 'TextDecoder', 'TextEncoder', 'TransformStream', 'URL'],
  ...['URLSearchParams', 'WritableStream', 'atob', 'btoa', 'clearTimeout', 'crypto', 'performance', 'queueMicrotask'],
  ...['setTimeout', 'structuredClone', 'fetch', 'console'],
] as const

interface Worker {
  fetch(request: Request, env: Record<string, string>): Promise<Response>
}

/** Runs a bundle as a Worker's host does: while it is loaded it may neither wait, ask, nor roll dice. */
function load(code: string): Worker {
  const world: Record<string, unknown> = {}
  let loading = true
  for (const name of webNames) {
    const value = globalThis[name] as unknown
    const mayNot = ['fetch', 'setTimeout'].includes(name)
    world[name] = mayNot
      ? (...args: unknown[]) => {
          if (loading) throw new Error(`${name} was called while the Worker was loaded`)
          return (value as (...args: unknown[]) => unknown)(...args)
        }
      : value
  }
  world.crypto = new Proxy(crypto, {
    get(target, name) {
      if (loading) throw new Error(`crypto.${String(name)} was used while the Worker was loaded`)
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const context = createContext(world, { codeGeneration: { strings: false, wasm: false } })
  runInContext(`${code}\nglobalThis.worker = exported.default`, context)
  loading = false
  return world.worker as Worker
}

describe('the Worker', () => {
  let code: string
  let double: StitchDouble
  let stitch: LoopbackServer
  let trouble: number | undefined

  beforeAll(async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [`${root}/examples/worker/worker.mjs`],
      bundle: true,
      write: false,
      metafile: true,
      format: 'iife',
      globalName: 'exported',
      platform: 'neutral',
      conditions: ['worker', 'browser'],
      outfile: 'worker.js',
    })
    code = outputFiles[0]!.text
    expect(Object.keys(metafile.inputs).filter((name) => name.includes('node:'))).toEqual([])
    double = createStitchDouble('secret-token')
    stitch = await startLoopbackServer(({ method, path, headers, body }, response) => {
      const answer = trouble ? { status: trouble } : double.answer({ method, url: path, headers, body })
      response.writeHead(answer.status).end('body' in answer ? answer.body : '')
    })
  })
  afterAll(() => stitch.close())

  function start() {
    const worker = load(code)
    const env = {
      ...{ PROJECT_KEY: 'demo', SITE_ORIGIN: 'https://shop.example,https://www.shop.example' },
      ...{ STITCH_TOKEN: 'secret-token', STITCH_HOST: stitch.url },
    }
    const post = (messageId: string, headers: Record<string, string> = {}) =>
      worker.fetch(
        new Request('https://shop.example/v1/batch', {
          method: 'POST',
          headers: { origin: 'https://shop.example', 'cf-connecting-ip': '203.0.113.7', ...headers },
          body: JSON.stringify({ projectKey: 'demo', batch: [{ type: 'page', anonymousId: 'a', messageId }] }),
        }),
        env,
      )
    return { post, get: (path: string) => worker.fetch(new Request(`https://shop.example${path}`), env) }
  }
  const rows = () => (double.tables.get('events') ?? []).map(({ message_id: id }) => id)

  it('answers 2xx when the receiver has every event, in a world without Node', async () => {
    const { post } = start()
    const response = await post('w1')
    expect([response.status, await response.json()]).toMatchObject([200, { accepted: 1 }])
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(rows()).toEqual(['w1'])
  })

  it('answers 503 while the receiver is away, and delivers the repeat once', async () => {
    const { post } = start()
    trouble = 503
    const refused = await post('w2')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
    trouble = undefined
    expect((await post('w2')).status).toBe(200)
    expect(rows()).toEqual(['w1', 'w2'])
  })

  it('refuses other origins and keys, and says that it is alive', async () => {
    const { post, get } = start()
    expect((await post('w3', { origin: 'https://evil.test' })).status).toBe(403)
    expect((await post('w3', { origin: 'https://www.shop.example' })).status).toBe(200)
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
    expect((await (await get('/openapi.json')).json()).openapi).toBe('3.1.0')
    expect((await get('/admin/events')).status).toBe(404)
  })
})
