// Prints every table as Markdown.
import { existsSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { collectorTables } from './collector.mjs'
import { deliveryTable } from './delivery.mjs'
import { root } from './lib/bundle.mjs'
import { launchChromium } from './lib/chromium.mjs'
import { sizeTable } from './size.mjs'
import { browserTables } from './track-browser.mjs'
import { serverNodeTable } from './server-node.mjs'
import { nodeTable } from './track-node.mjs'

async function machine() {
  const browser = await launchChromium()
  const chromium = `Chromium ${browser.version()}`
  await browser.close()
  const load = loadavg()[0].toFixed(1)
  const cores = `${availableParallelism()} cores (${cpus()[0].model}), load ${load} at the start`
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${chromium}, ${cores}`
}

if (!existsSync(`${root}/dist/browser.js`)) throw new Error('dist/ is missing: build the product first')
const print = (text) => console.log(`${text}\n`)
print(await machine())
print(await sizeTable())
print(await nodeTable())
print(await serverNodeTable())
for (const table of await collectorTables()) print(table)
print(await deliveryTable())
for (const table of await browserTables()) print(table)
