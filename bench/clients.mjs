// Whether the collector takes what other products' own clients send. Each client makes every call that it has, and
// each call has to be stored once, as what it was and with what it was given.
import { createRequire } from 'node:module'
import { createCollector } from '../dist/collector/index.js'
import { serve } from '../dist/collector/node.js'
import { sqliteStore } from '../dist/collector/stores/sqlite.js'
import { listen } from './delivery/receiver.mjs'
import { bench, bundle, versionOf } from './lib/bundle.mjs'
import { launchChromium } from './lib/chromium.mjs'
import { table } from './lib/table.mjs'

const TRACKS = 50
const DEADLINE_MS = 60_000
/** In which repeats may still come. */
const GRACE_MS = 2_000
const key = 'pk_bench'
const secretKey = 'sk_bench_0123456789'
// The ES module builds of some name files in a way that Node does not load.
const require = createRequire(import.meta.url)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Each type once, but for tracks; the marker says which call it was. */
const markersOf = (types) =>
  types.flatMap((type) => Array.from({ length: type === 'track' ? TRACKS : 1 }, (_, index) => `${type} ${index}`))

/** The clients of servers take an object; RudderStack's is a fork of Segment's. */
const withObject = (client) => ({
  page: (marker) => client.page({ userId: 'u', name: marker, properties: { marker } }),
  track: (marker) => client.track({ userId: 'u', event: marker, properties: { marker } }),
  identify: (marker) => client.identify({ userId: 'u', traits: { marker } }),
  group: (marker) => client.group({ userId: 'u', groupId: 'g', traits: { marker } }),
  screen: (marker) => client.screen({ userId: 'u', name: marker, properties: { marker } }),
  alias: (marker) => client.alias({ userId: 'u', previousId: marker }),
})

/** Those of browsers take texts first; they are put into pages as they stand here. */
const segmentCalls = (client) => ({
  page: (marker) => client.page('Docs', marker, { marker }),
  track: (marker) => client.track(marker, { marker }),
  identify: (marker) => client.identify('u', { marker }),
  group: (marker) => client.group('g', { marker }),
  screen: (marker) => client.screen('Docs', marker, { marker }),
  alias: (marker) => client.alias('u', marker),
})
const jitsuCalls = (client) => ({
  page: (marker) => client.page({ name: marker, marker }),
  track: (marker) => client.track(marker, { marker }),
  identify: (marker) => client.identify('u', { marker }),
  group: (marker) => client.group('g', { marker }),
})

const page = (code, calls) => `${code}
const calls = (${calls})(client)
globalThis.call = (markers) => markers.forEach((marker) => calls[marker.split(' ')[0]](marker))`

const inPage = {
  segment: (url, settings = {}) =>
    page(
      `import { AnalyticsBrowser } from '@segment/analytics-next'
      const client = AnalyticsBrowser.load({ writeKey: '${key}', cdnURL: '${url}' }, ${JSON.stringify(settings)})`,
      segmentCalls,
    ),
  jitsu: (url) =>
    page(
      `import { jitsuAnalytics } from '@jitsu/js'
      const client = jitsuAnalytics({ host: '${url}', writeKey: '${key}' })`,
      jitsuCalls,
    ),
}
const batching = { integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching' } } } }
const all = ['page', 'track', 'identify', 'group', 'screen', 'alias']
const most = all.slice(0, 4)

const clients = [
  {
    ...{ name: '@segment/analytics-node', where: 'Node', types: all },
    start(url) {
      const { Analytics } = require('@segment/analytics-node')
      const client = new Analytics({ writeKey: secretKey, host: url })
      return { calls: withObject(client), flush: () => client.closeAndFlush() }
    },
  },
  {
    ...{ name: '@rudderstack/rudder-sdk-node', where: 'Node', types: all },
    start(url) {
      const Analytics = require('@rudderstack/rudder-sdk-node')
      const client = new Analytics(secretKey, { dataPlaneUrl: url })
      return { calls: withObject(client), flush: () => client.flush() }
    },
  },
  {
    ...{ name: '@jitsu/js', where: 'Node', types: most },
    start(url) {
      const { jitsuAnalytics } = require('@jitsu/js')
      const client = jitsuAnalytics({ host: url, writeKey: `${secretKey}:unused`, s2s: true })
      return { calls: jitsuCalls(client), flush() {} }
    },
  },
  { name: '@jitsu/js', where: 'Chromium', types: most, code: inPage.jitsu },
  { name: '@segment/analytics-next', where: 'Chromium', types: all, code: inPage.segment },
  {
    ...{ name: '@segment/analytics-next', where: 'Chromium, in batches', types: all },
    code: (url) => inPage.segment(url, batching),
  },
]

async function callInNode({ start, types }, url) {
  const { calls, flush } = start(url)
  for (const marker of markersOf(types)) calls[marker.split(' ')[0]](marker)
  await flush()
}

async function openPage(code, site) {
  const { outputFiles } = await bundle(code, { from: bench })
  site.script = outputFiles[0].text
  const browser = await launchChromium()
  const opened = await browser.newPage()
  await opened.goto(site.url)
  return { call: (markers) => opened.evaluate((all) => globalThis.call(all), markers), close: () => browser.close() }
}

/** A site of another origin than the collector. */
async function startSite() {
  const site = await listen(async ({ url }, response) => {
    const isScript = url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? site.script : '<!doctype html><title>Site</title><script src="/app.js"></script>')
  })
  return site
}

/** The marker of a stored event, if it is what its call was. */
function markerOf({ type, event, name, previousId, properties, traits }) {
  const marker = type === 'alias' ? previousId : (properties ?? traits)?.marker
  const named = type === 'track' ? event : type === 'page' || type === 'screen' ? name : marker
  return marker?.startsWith(`${type} `) && named === marker ? marker : null
}

async function storedBy(store, expected) {
  const deadline = Date.now() + DEADLINE_MS
  while ((await store.stats()).events < expected && Date.now() < deadline) await wait(100)
  await wait(GRACE_MS)
  return (await store.events({ limit: 1_000 })).events
}

async function run(client) {
  const site = await startSite()
  const store = sqliteStore({ path: ':memory:' })
  const projects = [{ id: 'bench', key, secretKey, origins: [site.url] }]
  const collector = createCollector({ projects, store, log: () => {} })
  const served = await serve(collector, { port: 0 })
  const markers = markersOf(client.types)
  const visit = client.code ? await openPage(client.code(served.url), site) : null
  await (visit ? visit.call(markers) : callInNode(client, served.url))
  const events = await storedBy(store, markers.length)
  const { duplicates, rejected } = await store.stats()
  const right = new Set(events.map(markerOf).filter((marker) => marker !== null))
  await visit?.close()
  await served.close()
  site.close()
  return { sent: markers.length, stored: events.length, right: right.size, duplicates, rejected }
}

const rows = []
for (const client of clients) {
  const { sent, stored, right, duplicates, rejected } = await run(client)
  if (right !== sent || stored !== sent || rejected > 0) process.exitCode = 1
  rows.push([`${client.name} ${versionOf(client.name)}`, client.where, sent, stored, right, duplicates, rejected])
  console.error(rows.at(-1).join(' | '))
}
console.log(table(['client', 'in', 'calls', 'stored', 'as they were called', 'came again', 'rejected'], rows))
// Some clients keep their timers.
process.exit()
