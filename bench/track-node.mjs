// Speed of track() in Node with one plugin that does nothing, each client in a process of its own.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isMain, versionOf } from './lib/bundle.mjs'
import { count, table } from './lib/table.mjs'

const CALLS = 100_000
const FIRST_CALLS = 10_000
const child = fileURLToPath(new URL('track-node-run.mjs', import.meta.url))

function run(name, calls) {
  return new Promise((resolve, reject) => {
    const running = fork(child, [name, calls], { execArgv: ['--expose-gc'] })
    running.on('message', resolve)
    running.on('exit', (code) => code && reject(new Error(`${name} ended with ${code}`)))
  })
}

const names = ['firsthand', 'analytics', 'nothing']

/** The clients take turns, so that each meets the machine in the same moods. */
async function takeTurns(runs, calls) {
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < runs; round++) {
    for (const name of names) results[name].push(await run(name, calls))
  }
  return results
}

/** The best of several runs, for other work on the machine only ever slows one down. The first calls have runs of their own. */
export async function measureNode({ runs = 2 } = {}) {
  const start = await takeTurns(runs * 5, FIRST_CALLS)
  const whole = await takeTurns(runs, CALLS)
  const best = (results, key) => Math.max(...results.map((result) => result[key]))
  return Object.fromEntries(
    names.map((name) => {
      const both = [...start[name], ...whole[name]]
      const result = {
        first: best(both, 'first'),
        last: best(whole[name], 'last'),
        firstByCpu: best(both, 'firstByCpu'),
        lastByCpu: best(whole[name], 'lastByCpu'),
        heapGrowth: Math.min(...whole[name].map(({ heapGrowth }) => heapGrowth)),
      }
      return [name, result]
    }),
  )
}

export async function nodeTable(options) {
  const results = await measureNode(options)
  const { firsthand, analytics } = results
  const times = (key) => (firsthand[key] / analytics[key]).toFixed(1)
  const label = (name) => (name === 'nothing' ? 'an empty async function' : `${name} ${versionOf(name)}`)
  return table(
    [
      'Node, 100,000 track() calls, one plugin',
      'first 10,000: calls/s',
      'last 10,000: calls/s',
      'first, per CPU second',
      'last, per CPU second',
      'heap growth, MB',
    ],
    [
      ...Object.entries(results).map(([name, { heapGrowth, ...speeds }]) => [
        label(name),
        ...Object.values(speeds).map(count),
        (heapGrowth / 1e6).toFixed(1),
      ]),
      ['times as fast as analytics', ...['first', 'last', 'firstByCpu', 'lastByCpu'].map(times), ''],
    ],
  )
}

if (isMain(import.meta.url)) console.log(await nodeTable())
