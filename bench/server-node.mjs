// From track() to received, in Node: 99,000 events of 400 bytes to a receiver on this machine, each client in a process of its own.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMain, versionOf } from './lib/bundle.mjs'
import { count, table } from './lib/table.mjs'

const EVENTS = 99_000
const file = (name) => fileURLToPath(new URL(name, import.meta.url))
const next = (child) => new Promise((resolve) => child.once('message', resolve))

const rows = [
  ['raw-100', 'a loop of fetch, prepared bodies of 100 events, 4 at a time'],
  ['raw-500', 'the same with bodies of 500 events'],
  ['burst', `firsthand ${versionOf('firsthand')}`],
  ['paced', 'the same, 100 calls in each turn of the event loop'],
  ['disk', 'the same in one burst with queue.dir'],
  ['segment', `@segment/analytics-node ${versionOf('@segment/analytics-node')}`],
  ['segment-1000', 'the same with flushAt 1000'],
]

async function runOnce(name, url, receiver) {
  receiver.send('reset')
  await next(receiver)
  const dir = mkdtempSync(join(tmpdir(), 'firsthand-bench-'))
  const child = fork(file('server-node-run.mjs'), [name, url, dir])
  const result = await next(child)
  rmSync(dir, { recursive: true, force: true })
  receiver.send('count')
  const received = await next(receiver)
  // A client whose own timeouts run out on a busy machine sends again.
  if (received.events < EVENTS) throw new Error(`${name}: ${received.events} of ${EVENTS} events have arrived`)
  return { ...result, ...received }
}

/** The best of several runs, as other work on the machine only ever slows one down; clients take turns. */
export async function measureServerNode({ runs = 3 } = {}) {
  const receiver = fork(file('server-node-receiver.mjs'))
  const { url } = await next(receiver)
  const results = Object.fromEntries(rows.map(([name]) => [name, []]))
  for (let run = 0; run < runs; run++) {
    for (const [name] of rows) results[name].push(await runOnce(name, url, receiver))
  }
  receiver.kill()
  return results
}

export async function serverNodeTable(options) {
  const results = await measureServerNode(options)
  const best = (name, key) => Math.min(...results[name].map((result) => result[key]))
  const perSecond = (name) => EVENTS / best(name, 'seconds')
  return table(
    [
      `Node, ${count(EVENTS)} events in one burst`,
      'events/s',
      'of raw fetch',
      'times Segment',
      'CPU per event, µs',
      'peak RSS, MB',
      'requests',
      'at a time',
      'received twice',
    ],
    rows.map(([name, label]) => [
      label,
      count(perSecond(name)),
      `${Math.round((perSecond(name) / perSecond('raw-100')) * 100)} %`,
      (perSecond(name) / perSecond('segment')).toFixed(1),
      best(name, 'cpu').toFixed(1),
      count(Math.max(...results[name].map(({ peakRss }) => peakRss / 1e6))),
      count(best(name, 'requests')),
      Math.max(...results[name].map(({ mostOpen }) => mostOpen)),
      count(Math.max(...results[name].map(({ events }) => events - EVENTS))),
    ]),
  )
}

if (isMain(import.meta.url)) console.log(await serverNodeTable())
