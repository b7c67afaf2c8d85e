import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { sqliteStore } from '../../src/collector/stores/sqlite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const adminToken = 'token-of-the-mount'
const siteOrigin = 'http://shop.test'

let app: ChildProcess | undefined
let server: Server | undefined
let folder = ''

afterEach(() => {
  app?.kill('SIGKILL')
  server?.closeAllConnections()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a file of the example; resolves with its address. */
async function start(file: string): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'firsthand-mount-'))
  const env = { ...process.env, PORT: '0', DATA_DIR: folder, ADMIN_TOKEN: adminToken, SITE_ORIGIN: siteOrigin }
  app = spawn(process.execPath, [`examples/mount/${file}`], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  app.stdout?.setEncoding('utf8').on('data', (text) => (output += text))
  while (!output.includes('\n') && app.exitCode === null)
    await Promise.race([once(app.stdout!, 'data'), once(app, 'exit')])
  return /http:\/\/\S+(?=\/)/.exec(output)?.[0] ?? ''
}

async function storedIds(): Promise<string[]> {
  const store = sqliteStore({ path: join(folder, 'mounted.db') })
  const { events } = await store.events({ limit: 100 })
  await store.close()
  return events.map(({ messageId }) => messageId).sort()
}

const batch = (messageId: string) =>
  JSON.stringify({ projectKey: 'demo', batch: [{ type: 'page', anonymousId: 'a', messageId }] })

/** What every app must do with the collector in it. */
async function checkMounted(url: string): Promise<void> {
  const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(url + path, { method: 'POST', body, headers: { origin: siteOrigin, ...headers } })

  const stored = await post('/e/v1/batch', batch('plain'), { 'content-type': 'text/plain' })
  expect([stored.status, (await stored.json()).accepted]).toEqual([200, 1])
  expect(stored.headers.get('access-control-allow-origin')).toBe(siteOrigin)
  const packed = await post('/e/v1/batch', gzipSync(batch('packed')), {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  })
  expect([packed.status, (await packed.json()).accepted]).toEqual([200, 1])
  expect((await post('/e/v1/batch', batch('x'), { origin: 'http://evil.test' })).status).toBe(403)
  expect((await fetch(`${url}/e/v1/batch`, { method: 'OPTIONS', headers: { origin: siteOrigin } })).status).toBe(204)
  const pixel = await fetch(`${url}/e/pixel.gif?projectKey=demo&messageId=pixel`)
  expect([pixel.status, (await pixel.arrayBuffer()).byteLength]).toEqual([200, 43])
  expect((await fetch(`${url}/e/nothing`)).status).toBe(404)
  const opened = await fetch(`${url}/e/live?token=${adminToken}`, { redirect: 'manual' })
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/e/live'])
  const settings = await fetch(`${url}/e/v1/projects/demo/settings`)
  expect((await settings.json()).integrations['Segment.io'].apiHost).toBe(`${new URL(url).host}/e/v1`)
}

describe.each(['express.mjs', 'fastify.mjs', 'hono.mjs'])(
  'the collector mounted by %s',
  { timeout: 60_000 },
  (file) => {
    it('takes events, leaves the rest of the app alone, and closes in order', async () => {
      const url = await start(file)
      await checkMounted(url)
      expect(await (await fetch(url)).text()).toBe('the app')
      const echoed = await fetch(`${url}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":1}',
      })
      expect(await echoed.json()).toEqual({ a: 1 })
      const live = await fetch(`${url}/e/live/events`, { headers: { authorization: `Bearer ${adminToken}` } })
      app?.kill('SIGTERM')
      expect(await once(app!, 'exit')).toEqual([0, null])
      await live.body?.cancel().catch(() => {})
      expect(await storedIds()).toEqual(['packed', 'pixel', 'plain'])
    })
  },
)

describe('the route handler for Next', () => {
  it('answers as the app does that it is mounted in', { timeout: 60_000 }, async () => {
    folder = mkdtempSync(join(tmpdir(), 'firsthand-mount-'))
    Object.assign(process.env, { DATA_DIR: folder, ADMIN_TOKEN: adminToken, SITE_ORIGIN: siteOrigin })
    const load = (file: string) => import(pathToFileURL(join(root, 'examples/mount', file)).href)
    const route = await load('next/app/e/[...path]/route.js')
    const { collector } = await load('collector.mjs')
    const { getRequestListener } = await import('@hono/node-server')
    // As Next does it: one function for each method, which gets a Request and gives a Response.
    const handlers = route as Record<string, ((request: Request) => Promise<Response>) | undefined>
    const listener = getRequestListener(
      (request) => handlers[request.method]?.(request) ?? new Response(null, { status: 405 }),
      { overrideGlobalObjects: false },
    )
    server = createServer((request, response) => void listener(request, response)).listen(0, 'localhost')
    await once(server, 'listening')
    await checkMounted(`http://localhost:${(server.address() as AddressInfo).port}`)
    expect([route.runtime, route.dynamic]).toEqual(['nodejs', 'force-dynamic'])
    await collector.close()
    expect(await storedIds()).toEqual(['packed', 'pixel', 'plain'])
  })
})
