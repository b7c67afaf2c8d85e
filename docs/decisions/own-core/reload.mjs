// Two events that could not be sent yet, then the page is reloaded: do they ever arrive? Chromium.
import { fileURLToPath } from 'node:url'
import { bundle } from '../../../bench/lib/bundle.mjs'
import { launchChromium } from '../../../bench/lib/chromium.mjs'
import { startSite } from '../../../bench/lib/site.mjs'
import { claim, until, wait } from './claim.mjs'

const from = fileURLToPath(new URL('.', import.meta.url))

const programs = {
  /** The vendor's script has not loaded at the first visit: the engine's own queue holds the events. */
  analytics: `import { Analytics } from 'analytics'
    const loaded = () => location.search === '?up'
    const track = ({ payload }) => fetch('/collect', { method: 'POST', body: JSON.stringify({ batch: [payload] }) })
    globalThis.client = Analytics({ app: 'reload', plugins: [{ name: 'vendor', loaded, track }] })
    globalThis.waiting = () => client.getState('queue').actions.length`,
  /** The receiver is down at the first visit. */
  firsthand: `import { init } from '../../../src/browser/index'
    import { collector } from '../../../plugins/collector'
    globalThis.client = init({ app: 'reload', plugins: [collector({ endpoint: '/', projectKey: 'key' })] })
    globalThis.waiting = () => client.getState('delivery').waiting`,
}

async function reload(browser, site, name) {
  const arrived = new Set()
  const context = await browser.newContext()
  const page = await context.newPage()
  site.status = 503
  await page.goto(`${site.url}/page/${name}?down`)
  await page.evaluate(() => {
    void globalThis.client.track('first')
    void globalThis.client.track('second')
  })
  await page.waitForTimeout(300)
  const waiting = await page.evaluate('waiting()')
  await page.goto(`${site.url}/page/elsewhere`)
  await wait(200)
  site.status = 200
  site.received = (_, body) => JSON.parse(body).batch.forEach(({ event }) => arrived.add(event))
  await page.goto(`${site.url}/page/${name}?up`)
  await until(() => arrived.size >= 2, 9000)
  await context.close()
  return { waiting, arrived: arrived.size }
}

const scripts = {}
for (const [name, code] of Object.entries(programs)) scripts[name] = (await bundle(code, { from })).outputFiles[0].text
const site = await startSite(scripts)
const browser = await launchChromium()
const theirs = await reload(browser, site, 'analytics')
const ours = await reload(browser, site, 'firsthand')
await browser.close()
site.close()

const describe = ({ waiting, arrived }) => `${waiting} events wait, the page is reloaded, ${arrived} arrive`
claim(theirs.waiting === 2 && theirs.arrived === 0, `analytics: ${describe(theirs)}`)
claim(ours.waiting === 2 && ours.arrived === 2, `firsthand: ${describe(ours)}`)
