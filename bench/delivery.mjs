// What arrives of what track() accepted, in Chromium and Node, ours beside other clients.
// `node delivery.mjs [--only ours,segment] [--scenarios A,B] [--runs 3]`
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { killNode } from './delivery/node.mjs'
import { scenarios } from './delivery/scenarios.mjs'
import { createVisitor } from './delivery/visitor.mjs'
import { bundle, isMain, versionOf } from './lib/bundle.mjs'
import { launchChromium } from './lib/chromium.mjs'
import { table } from './lib/table.mjs'

const CELL_MS = 60_000
/** Visitors wait most of the time. */
const CELLS_AT_ONCE = 4
const peersUrl = new URL('delivery/peers/', import.meta.url)
const fileOf = (name) => new URL(`${name}.mjs`, peersUrl).href

/** Ours first; a new file in delivery/peers is a new column. */
const columns = ['ours', 'hosted', 'analytics', 'segment', 'posthog', 'snowplow', 'mixpanel', 'jitsu']
const found = readdirSync(peersUrl).map((name) => name.replace('.mjs', ''))
const peerNames = [...columns, ...found.filter((name) => !columns.includes(name))]

const nodeScenario = { id: 'node', name: 'Node: 100 calls in 503, process killed (SIGKILL), new process' }
const rows = [...scenarios, nodeScenario]
const allIds = rows.map(({ id }) => id)

async function loadPeer(name) {
  const { peer } = await import(fileOf(name))
  const { outputFiles } = await bundle(peer.code, { from: peer.from })
  return { name, peer, script: outputFiles[0].text, file: fileOf(name) }
}

async function runVisitor(scenario, world) {
  const visitor = await createVisitor(world)
  const timeout = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${scenario.id}: ${world.name} took longer than ${CELL_MS} ms`)), CELL_MS).unref()
  })
  const running = scenario.run(visitor)
  // Once the time is up, nobody waits for it any more.
  running.catch(() => {})
  try {
    await Promise.race([running, timeout])
    return visitor.result()
  } finally {
    await visitor.close()
  }
}

/** Sums, but of times the longest, where each visitor has one. */
function add(results) {
  const values = (key) => results.map((result) => result[key])
  const sums = Object.keys(results[0]).map((key) => [key, values(key).reduce((sum, value) => sum + value, 0)])
  const late = values('lateMs')
  return { ...Object.fromEntries(sums), lateMs: late.every(Boolean) ? Math.max(...late) : 0 }
}

async function runCell(scenario, world, runs) {
  if (scenario === nodeScenario) return world.peer.node && killNode(world)
  return add(await Promise.all(Array.from({ length: runs }, () => runVisitor(scenario, world))))
}

/** Delivered of accepted, and how many of these before another visit where it is fewer; stored again; sent again; when. */
function cellText(result) {
  if (!result) return '–'
  if (result.error) return 'failed'
  const { accepted, delivered, atOnce, storedAgain, sentAgain, lateMs } = result
  const early = atOnce < delivered ? ` (${atOnce})` : ''
  const again = sentAgain > storedAgain ? ` [${sentAgain}]` : ''
  return `${delivered}/${accepted}${early} · ${storedAgain}${again}${lateMs ? `, ${(lateMs / 1000).toFixed(1)} s` : ''}`
}

/** Cells in the order of rows, a few at a time. `report` hears of each that is done. */
export async function measureDelivery({ only = peerNames, ids = allIds, runs = 3, report = () => {} }) {
  const peers = await Promise.all(only.map(loadPeer))
  const shown = rows.filter(({ id }) => ids.includes(id))
  const browser = await launchChromium([
    '--disable-blink-features=AutomationControlled',
    '--renderer-process-limit=200',
  ])
  const cells = shown.flatMap((scenario) => peers.map((world) => ({ scenario, world: { ...world, browser } })))
  const waiting = [...cells]
  async function work() {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      cell.result = await runCell(cell.scenario, cell.world, runs).catch((error) => ({ error }))
      report(`${cell.scenario.id} ${cell.world.name}: ${cell.result?.error ?? JSON.stringify(cell.result)}`)
    }
  }
  await Promise.all(Array.from({ length: CELLS_AT_ONCE }, work))
  await browser.close()
  return { peers, shown, cells }
}

const heading = ({ peer }) => `${peer.package} ${versionOf(peer.package)}${peer.what ? `, ${peer.what}` : ''}`

export async function deliveryTable(options = {}) {
  const { peers, shown, cells } = await measureDelivery(options)
  return table(
    ['delivered of accepted · stored twice', ...peers.map(heading)],
    shown.map((scenario) => [
      `${scenario.id.length === 1 ? `${scenario.id}: ` : ''}${scenario.name}`,
      ...cells.filter((cell) => cell.scenario === scenario).map(({ result }) => cellText(result)),
    ]),
  )
}

function readOptions() {
  const names = (text, known) => {
    const wrong = text?.split(',').filter((name) => !known.includes(name))
    if (wrong?.length) throw new Error(`no such name: ${wrong}; there are ${known}`)
    return text?.split(',')
  }
  const { values } = parseArgs({
    options: { only: { type: 'string' }, scenarios: { type: 'string' }, runs: { type: 'string' } },
  })
  return { only: names(values.only, peerNames), ids: names(values.scenarios, allIds), runs: Number(values.runs ?? 3) }
}

if (isMain(import.meta.url)) {
  const start = performance.now()
  console.log(await deliveryTable({ ...readOptions(), report: (line) => console.error(line) }))
  console.error(`${((performance.now() - start) / 1000).toFixed(0)} s`)
}
