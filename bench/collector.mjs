// The collector under load, its client beside it: `node collector.mjs [--seconds 8] [--rows 300000 | --rows 5000000] [--no-postgres]`.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { batches, loadOnce, measure, singles } from './collector/measure.mjs'
import { startPostgres } from './collector/postgres.mjs'
import { bundleProduct, startServer } from './collector/processes.mjs'
import { isMain } from './lib/bundle.mjs'
import { count, table } from './lib/table.mjs'

const kinds = [
  ['raw', 'node:http, counts the bytes'],
  ['hono', 'bare @hono/node-server, only parses'],
  ['empty', 'the collector with a store that keeps nothing'],
  ['sqlite', 'the collector with SQLite'],
  ['postgres', 'the collector with Postgres'],
]

const inDirectory = async (use) => {
  const dir = mkdtempSync(join(tmpdir(), 'firsthand-bench-'))
  try {
    return await use(join(dir, 'events.db'))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const megabytes = (bytes) => count(bytes / 1e6)

async function speedRows(bundle, shape, { seconds, postgres }) {
  const results = []
  for (const [kind, label] of kinds) {
    if (kind === 'postgres' && !postgres) continue
    const run = (path) =>
      measure(kind, bundle, { store: kind === 'postgres' ? postgres.options : path, seconds, ...shape })
    const result = { kind, label, ...(await inDirectory(run)) }
    process.stderr.write(`${label}: ${count(result.eventsPerSecond)} events/s\n`)
    results.push(result)
  }
  const bare = results.find(({ kind }) => kind === 'hono').requestsPerSecond
  return results.map((result) => [
    result.label,
    count(result.eventsPerSecond),
    count(result.requestsPerSecond),
    `${Math.round((result.requestsPerSecond / bare) * 100)} %`,
    result.p50.toFixed(1),
    result.p99.toFixed(1),
    result.loopP99.toFixed(1),
    result.cpuPerEvent.toFixed(1),
    result.loopCpuPerEvent.toFixed(1),
    ((result.clientCpuS * 1e6) / result.events).toFixed(1),
    megabytes(result.peakRss),
  ])
}

const speedHead = (title) => [
  title,
  'events/s',
  'requests/s',
  'of bare hono',
  'p50, ms',
  'p99, ms',
  'event loop p99, ms',
  'CPU per event, µs',
  'of the event loop, µs',
  'of the client, µs',
  'peak RSS, MB',
]

/** Events/s while a file grows, each figure over 40,000 events. */
async function curveRows(bundle, rows) {
  const sizes = [0, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000].filter((size) => size <= rows)
  return inDirectory(async (path) => {
    const server = await startServer('sqlite', bundle, path)
    const fill = (events) => loadOnce(server, { ...batches, maxRequests: Math.ceil(events / batches.batch) })
    try {
      // Warms up the programs, not the file.
      let stored = (await fill(20_000)).events
      const measured = []
      for (const size of sizes) {
        if (size > stored) stored += (await fill(size - stored)).events
        const result = await fill(40_000)
        stored += result.events
        measured.push({ size, ...result, bytes: statSync(path).size, load: loadavg()[0] })
      }
      const [{ eventsPerSecond: first }] = measured
      return measured.map(({ size, eventsPerSecond, p99, cpuPerEvent, peakRss, bytes, load }) => [
        count(size),
        count(eventsPerSecond),
        `${Math.round((eventsPerSecond / first) * 100)} %`,
        p99.toFixed(1),
        cpuPerEvent.toFixed(1),
        megabytes(peakRss),
        megabytes(bytes),
        load.toFixed(1),
      ])
    } finally {
      await server.close()
    }
  })
}

export async function collectorTables({ seconds = 8, rows = 300_000, withPostgres = true, only = '' } = {}) {
  const bundle = await bundleProduct()
  const postgres = withPostgres && only !== 'curve' ? await startPostgres() : null
  const tables = []
  try {
    if (only !== 'curve') {
      const options = { seconds, postgres }
      tables.push(table(speedHead('batches of 50, 16 at a time'), await speedRows(bundle.path, batches, options)))
      tables.push(table(speedHead('single events, 64 at a time'), await speedRows(bundle.path, singles, options)))
    }
    const head = [
      'events in the file',
      'events/s',
      'of the first',
      'p99, ms',
      'CPU per event, µs',
      'peak RSS, MB',
      'file, MB',
      'load',
    ]
    if (only !== 'speed') tables.push(table(head, await curveRows(bundle.path, rows)))
  } finally {
    await postgres?.stop()
    bundle.remove()
  }
  return tables
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      rows: { type: 'string', default: '300000' },
      only: { type: 'string', default: '' },
      postgres: { type: 'boolean', default: true },
    },
    allowNegative: true,
  })
  console.log(`load ${loadavg().map((load) => load.toFixed(1))}\n`)
  const options = { seconds: Number(values.seconds), rows: Number(values.rows), only: values.only }
  for (const text of await collectorTables({ ...options, withPostgres: values.postgres })) console.log(`${text}\n`)
  console.log(`load ${loadavg().map((load) => load.toFixed(1))}`)
}
