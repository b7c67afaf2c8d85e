import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

const program = `import { Analytics } from './src/node/server'
  import { collector } from './plugins/collector'
  export const analytics = Analytics({
    plugins: [collector({ endpoint: 'https://events.test', projectKey: 'pk' })],
    waitUntil: (promise) => waits.push(promise),
  })
  export const withFolder = () => Analytics({
    plugins: [collector({ endpoint: 'https://events.test', projectKey: 'pk' })],
    queue: { dir: 'queue' },
  })`

/** What edge runtimes have, and nothing of Node. */
function createEdge() {
  const waits: Promise<unknown>[] = []
  const bodies: string[] = []
  const fetch = async (_url: string, { body }: { body: string }) => {
    bodies.push(body)
    return new Response('{"success":true,"accepted":1,"duplicates":0,"rejected":[]}')
  }
  const timers = { setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask }
  const web = {
    AbortController,
    TextEncoder,
    TextDecoder,
    URL,
    URLSearchParams,
    Response,
    Request,
    Headers,
    crypto,
    console,
    btoa,
  }
  return { waits, bodies, world: { ...timers, ...web, fetch, waits } }
}

describe('the client for servers on an edge runtime', () => {
  it.each(['browser', 'neutral'] as const)(
    'is bundled for the platform "%s" and runs without Node',
    async (platform) => {
      const { outputFiles } = await build({
        stdin: { contents: program, resolveDir: root, loader: 'ts' },
        bundle: true,
        format: 'iife',
        globalName: 'edge',
        platform,
        conditions: ['browser'],
        write: false,
      })
      const { bodies, waits, world } = createEdge()
      const context = createContext(world)
      const edge = runInContext(`${outputFiles[0]?.text}; edge`, context)
      const request = new Request('https://shop.test/', { headers: { 'user-agent': 'Agent' } })
      await edge.analytics.request(request, { userId: 'u1' }).track('Seen')
      expect(waits).toHaveLength(1)
      await waits[0]
      const [sent] = bodies.map((body) => JSON.parse(body))
      expect(sent.batch).toMatchObject([{ event: 'Seen', userId: 'u1' }])
      expect(sent.context).not.toHaveProperty('runtime')
      expect(await edge.analytics.close()).toEqual({ delivered: 0, pending: 0, dropped: 0 })
      expect(edge.withFolder).toThrow('[firsthand] queue.dir: this runtime has no file system')
    },
  )
})
