// One visitor: a browser profile of its own, a site, and a receiver on another origin.
import { listen, startReceiver } from './receiver.mjs'

/** Clients load settings first; somebody who reads the page gives them this long. */
const SETTLE_MS = 1000
const VISIT_MS = 6000
/** In which repeats may still come. */
const GRACE_MS = 1000
/** Until the answer to the last request has been read. */
const ANSWER_MS = 500
/** PostHog and Mixpanel send nothing for a browser that says it is a robot. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** `/` has the client, `/plain` has not. */
function startSite(script, receiverUrl) {
  const app = `<script>globalThis.receiver = '${receiverUrl}'</script><script src="/app.js"></script>`
  return listen(async ({ url }, response) => {
    const isScript = url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : `<!doctype html><title>Site</title>${url === '/' ? app : ''}`)
  })
}

/** In the page: the calls, and in the same task what the visitor does then. */
function callAndGo({ markers, next }) {
  for (const marker of markers) globalThis.track(marker)
  if (next === 'reload') location.reload()
  else if (next === 'hide') {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    Object.defineProperty(document, 'hidden', { get: () => true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  } else if (next) location.href = next
}

/** In every page: leaves no room for another entry. */
function fillStorage() {
  for (let size = 1 << 22; size; size >>= 1) {
    try {
      for (let index = 0; ; index++) localStorage.setItem(`${size}-${index}`, 'x'.repeat(size))
    } catch {
      // No room for this size.
    }
  }
}

/** The page that was left does not answer any more; anything else is a fault of ours. */
function unlessLeft(error) {
  if (!/context was destroyed|navigation|closed/.test(error.message)) throw error
}

async function kill(context, page) {
  const session = await context.newCDPSession(page)
  const gone = page.waitForEvent('crash')
  // Never answered.
  session.send('Page.crash').catch(() => {})
  await gone
}

export async function createVisitor({ browser, peer, script }) {
  const receiver = await startReceiver(peer)
  const site = await startSite(script, receiver.url)
  const context = await browser.newContext({ userAgent })
  const markers = []
  let atOnce
  let lateMs = 0

  const count = () => receiver.count(markers)
  async function waitForAll(ms) {
    for (const end = Date.now() + ms; count().delivered < markers.length && Date.now() < end; ) await wait(50)
  }

  return {
    receiver,
    wait,
    waitForAll,
    offline: (isOffline) => context.setOffline(isOffline),
    fillStorage: () => context.addInitScript(fillStorage),
    async open({ settleMs = SETTLE_MS } = {}) {
      const page = await context.newPage()
      await page.goto(`${site.url}/`)
      await wait(settleMs)
      return page
    },
    /** `next`: an address, `reload`, `hide`, or nothing. */
    async call(page, calls, next) {
      const own = Array.from({ length: calls }, (_, index) => `m${markers.length + index}`)
      markers.push(...own)
      await page.evaluate(callAndGo, { markers: own, next }).catch(unlessLeft)
    },
    kill: (page) => kill(context, page),
    /** After the ending: what has arrived within `ms` without another visit. */
    async left(ms = 3500) {
      await waitForAll(ms)
      atOnce = count().delivered
      await wait(ANSWER_MS)
    },
    /** The receiver is well again and the tab stays: the same, and when the last has arrived. */
    async healed(ms) {
      const start = Date.now()
      await this.left(ms)
      if (atOnce === markers.length) lateMs = Math.max(1, Date.now() - start - ANSWER_MS)
    },
    /** The visitor comes back. */
    async comeBack() {
      if (count().delivered < markers.length) {
        await this.open({ settleMs: 0 })
        await waitForAll(VISIT_MS)
      }
      await wait(GRACE_MS)
    },
    result: () => ({ accepted: markers.length, atOnce, lateMs, ...count() }),
    async close() {
      await context.close()
      site.close()
      receiver.close()
    },
  }
}
