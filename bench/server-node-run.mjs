// One burst of one client: `node server-node-run.mjs <client> <url>`, forked by server-node.mjs.
import { createRequire } from 'node:module'

const EVENTS = 99_000
const USERS = 1000
const [name, url] = process.argv.slice(2)
const properties = (index) => ({ index, text: 'x'.repeat(270), plan: 'team', price: 9.5, list: ['a', 'b', 'c'] })

/** As large as what our client sends, made before the clock starts. */
function prepare(size) {
  const bodies = []
  const time = new Date().toISOString()
  for (let start = 0; start < EVENTS; start += size) {
    const batch = Array.from({ length: Math.min(size, EVENTS - start) }, (_, offset) => {
      const index = start + offset
      return {
        version: 1,
        type: 'track',
        messageId: `prepared-message-${index}`,
        timestamp: time,
        anonymousId: null,
        userId: `user-${index % USERS}`,
        event: 'Order Completed',
        properties: properties(index),
        context: { sequence: { instance: 'prepared-instance-123', number: index } },
      }
    })
    bodies.push(JSON.stringify({ projectKey: 'key', batch }))
  }
  return bodies
}

async function rawFetch(size) {
  const bodies = prepare(size)
  return async () => {
    const send = async () => {
      for (let body = bodies.pop(); body; body = bodies.pop()) {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body })
        await response.text()
      }
    }
    await Promise.all([send(), send(), send(), send()])
  }
}

/** All calls in one turn of the event loop, or 100 in each. */
async function callAll(track, isPaced) {
  for (let index = 0; index < EVENTS; index++) {
    track({ userId: `user-${index % USERS}`, event: 'Order Completed', properties: properties(index) })
    if (isPaced && index % 100 === 99) await new Promise((resolve) => setImmediate(resolve))
  }
}

async function firsthand(isPaced, queue) {
  const { Analytics } = await import('../dist/node.js')
  const { collector } = await import('../dist/plugins/collector.js')
  const analytics = Analytics({ plugins: [collector({ endpoint: url, projectKey: 'key' })], queue })
  return async () => {
    await callAll((call) => void analytics.track(call), isPaced)
    const { pending, dropped } = await analytics.close({ timeoutMs: 120_000 })
    if (pending || dropped) throw new Error(`${pending} pending, ${dropped} dropped`)
  }
}

async function segment(options) {
  // Its ES module build names files without extensions, which Node does not load.
  const { Analytics } = createRequire(import.meta.url)('@segment/analytics-node')
  const analytics = new Analytics({ writeKey: 'key', host: url, path: '/v1/batch', ...options })
  return async () => {
    await callAll((call) => analytics.track(call), false)
    await analytics.closeAndFlush({ timeout: 120_000 })
  }
}

const clients = {
  'raw-100': () => rawFetch(100),
  'raw-500': () => rawFetch(500),
  burst: () => firsthand(false),
  paced: () => firsthand(true),
  disk: () => firsthand(false, { dir: process.argv[4] }),
  segment: () => segment({}),
  'segment-1000': () => segment({ flushAt: 1000 }),
}

const run = await clients[name]()
const rssBefore = process.memoryUsage().rss
const cpuBefore = process.cpuUsage()
const start = performance.now()
await run()
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(cpuBefore)
process.send({ seconds, cpu: (user + system) / EVENTS, rssBefore, peakRss: process.resourceUsage().maxRSS * 1024 })
process.disconnect()
