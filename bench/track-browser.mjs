// Cost of track() on a page in Chromium: time, cookies, localStorage, and with a queue that waits.
import { isMain, versionOf } from './lib/bundle.mjs'
import { launchChromium } from './lib/chromium.mjs'
import { bundleClients } from './lib/clients.mjs'
import { countPerCall, countStorageAccess, fill, queueState, timeBurst, timeSingleCalls } from './lib/in-page.mjs'
import { startSite } from './lib/site.mjs'
import { count, median, quantile, table } from './lib/table.mjs'

const SINGLE_CALLS = 500
const BURST = 600
/** After this, queues are sent and answered. */
const SETTLE_MS = 4000
const names = ['nothing', 'firsthand', 'analytics', '@segment/analytics-next']

async function onPage({ browser, site }, name, work, prepare) {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    if (prepare) await page.addInitScript(prepare)
    await page.goto(`${site.url}/page/${name}`)
    await page.evaluate('client')
    return await work(page, context)
  } finally {
    await context.close()
  }
}

/** CPU milliseconds of the page's main thread during `work` and until its last request is answered. */
async function cpuMs(page, context, work) {
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
  }
  const before = await read()
  const result = await work()
  await page.waitForTimeout(SETTLE_MS)
  return { ...result, cpu: (await read()) - before }
}

async function measureSingleCalls(page, context) {
  const result = await cpuMs(page, context, () => page.evaluate(timeSingleCalls, SINGLE_CALLS))
  return { ...single(result), cpu: result.cpu / SINGLE_CALLS }
}

async function measureBurst(page, context) {
  await page.waitForTimeout(1000)
  return cpuMs(page, context, () => page.evaluate(timeBurst, BURST))
}

function single({ inCall, untilNextTask, isExact }) {
  if (!isExact) throw new Error('the page is not isolated: its clock is too coarse')
  return { median: median(inCall), p99: quantile(inCall, 0.99), medianBlocked: median(untilNextTask) }
}

/** The smallest of several runs: other work on the machine only ever slows one down. */
const best = (results) =>
  Object.fromEntries(Object.keys(results[0]).map((key) => [key, Math.min(...results.map((result) => result[key]))]))

async function repeat(runs, work) {
  const results = []
  for (let run = 0; run < runs; run++) results.push(await work())
  return best(results)
}

export async function measureClients(world, runs) {
  const results = {}
  for (const name of names) {
    const times = await repeat(runs, () => onPage(world, name, measureSingleCalls))
    const burst = await repeat(runs, () => onPage(world, name, measureBurst))
    const counts = await onPage(world, name, (page) => page.evaluate(countPerCall, 100), countStorageAccess)
    results[name] = { times, burst, counts: Object.fromEntries(counts) }
  }
  return results
}

/** Our client while the receiver is down, with that many events journalled before. */
export async function measureQueue(world, runs) {
  world.site.status = 503
  const results = []
  for (const [name, calls] of [
    ['firsthand', 0],
    ['firsthand', 1000],
    ['firsthand', 10_000],
    ['roomy', 10_000],
  ]) {
    let state
    const times = await repeat(runs, () =>
      onPage(world, name, async (page) => {
        await page.evaluate(fill, calls)
        state = await page.evaluate(queueState)
        return single(await page.evaluate(timeSingleCalls, 200))
      }),
    )
    results.push({ name, calls, state, times })
  }
  world.site.status = 200
  return results
}

const ms = (value) => value.toFixed(value < 10 ? 3 : 0)
const each = (value) => (value < 10 ? value.toFixed(2).replace(/\.?0+$/, '') : value.toFixed(0))

function clientTable(results) {
  return table(
    [
      'Chromium, track()',
      'one call: median, ms',
      'p99, ms',
      'until the page can go on: median, ms',
      'CPU of the main thread, ms',
      `burst of ${BURST}: one call, mean, ms`,
      'page blocked, ms',
      'CPU of the main thread, ms',
      'cookie writes per call',
      'cookie reads',
      'localStorage writes',
      'localStorage reads',
    ],
    Object.entries(results).map(([name, { times, burst, counts }]) => [
      name === 'nothing' ? 'an empty function' : `${name} ${versionOf(name)}`,
      ms(times.median),
      ms(times.p99),
      ms(times.medianBlocked),
      ms(times.cpu),
      ms(burst.inCalls / BURST),
      ms(burst.untilNextTask),
      ms(burst.cpu),
      ...['cookieWrites', 'cookieReads', 'storageWrites', 'storageReads'].map((key) => each(counts[key])),
    ]),
  )
}

function queueTable(results) {
  return table(
    [
      'Chromium, firsthand, receiver down',
      'events waiting',
      'of these in localStorage',
      'dropped',
      'one call: median, ms',
      'p99, ms',
    ],
    results.map(({ name, calls, state, times }) => [
      `${count(calls)} calls before${name === 'roomy' ? ', limits raised to 20,000 events and 50 MB' : ''}`,
      count(state.waiting),
      count(state.stored),
      count(state.dropped),
      ms(times.median),
      ms(times.p99),
    ]),
  )
}

export async function browserTables({ runs = 5 } = {}) {
  const site = await startSite(await bundleClients())
  const browser = await launchChromium()
  try {
    const world = { site, browser }
    const clients = clientTable(await measureClients(world, runs))
    return [clients, queueTable(await measureQueue(world, runs))]
  } finally {
    await browser.close()
    site.close()
  }
}

if (isMain(import.meta.url)) console.log((await browserTables()).join('\n\n'))
