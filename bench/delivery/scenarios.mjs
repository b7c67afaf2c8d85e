// What visitors and networks do. Each gets a visitor with an empty profile; the events of all are counted by markers.
const CALLS = 20

/** Down for `ms`; meanwhile `work`. */
async function during({ receiver, wait }, { fault, ms }, work) {
  receiver.fault = fault
  const healed = wait(ms).then(() => {
    receiver.fault = 'none'
  })
  await work()
  await healed
}

/** Calls while the receiver has this fault, and the tab stays until `keptMs` after it. */
const keptThrough = (fault, ms, { calls = CALLS, keptMs = 10_000 } = {}) =>
  async function keepTab(visitor) {
    const page = await visitor.open()
    await during(visitor, { fault, ms }, () => visitor.call(page, calls))
    await visitor.healed(keptMs)
    await page.close()
    await visitor.comeBack()
  }

/** Calls, then the page ends in this way. */
const ending = (calls, end, options) =>
  async function callAndEnd(visitor) {
    const page = await visitor.open(options)
    await end(visitor, page, calls)
    await visitor.left()
    await visitor.comeBack()
  }

const navigate = (visitor, page, calls) => visitor.call(page, calls, '/plain')

async function close(visitor, page, calls) {
  await visitor.call(page, calls)
  await page.close()
}

async function hideAndKill(visitor, page, calls) {
  await visitor.call(page, calls, 'hide')
  await visitor.wait(30)
  await visitor.kill(page)
}

async function closeInOutage(visitor) {
  const page = await visitor.open()
  await during(visitor, { fault: '503', ms: 7000 }, async () => {
    await visitor.call(page, 1)
    await visitor.wait(4000)
    await page.close()
  })
  await visitor.left(0)
  await visitor.comeBack()
}

/** Three tabs hold events in an outage; `calls` each, and one may be killed in it. */
const threeTabs = (calls, isOneKilled) =>
  async function holdInTabs(visitor) {
    const pages = [await visitor.open(), await visitor.open(), await visitor.open()]
    await during(visitor, { fault: '503', ms: 5000 }, async () => {
      for (const page of pages) await visitor.call(page, calls)
      await visitor.wait(2000)
      if (isOneKilled) await visitor.kill(pages[1])
    })
    await visitor.healed(10_000)
    for (const page of pages) await page.close()
    await visitor.comeBack()
  }

async function closeTogether(visitor) {
  const pages = [await visitor.open(), await visitor.open()]
  await Promise.all(pages.map((page) => visitor.call(page, CALLS)))
  await Promise.all(pages.map((page) => page.close()))
  await visitor.left()
  await visitor.comeBack()
}

async function fullStorage(visitor) {
  await visitor.fillStorage()
  await ending(CALLS, navigate)(visitor)
}

async function offlineReload(visitor) {
  const page = await visitor.open()
  await visitor.offline(true)
  await visitor.call(page, CALLS, 'reload')
  await visitor.wait(1000)
  await visitor.offline(false)
  await visitor.left(0)
  await visitor.comeBack()
}

/** In the order of the table. */
export const scenarios = [
  { id: 'A', name: '1 call, then navigate to a page without the client', run: ending(1, navigate) },
  { id: 'B', name: '1 call, tab closed at once', run: ending(1, close) },
  { id: 'C', name: '1 call, receiver answers 503 for 7 s, tab closed meanwhile, reopened after', run: closeInOutage },
  { id: 'D', name: '1 call, 503 for 7 s, tab kept', run: keptThrough('503', 7000, { calls: 1 }) },
  { id: 'E', name: 'three tabs with 1 event each, 503 for 5 s', run: threeTabs(1, false) },
  { id: 'F', name: '150 calls, then navigate', run: ending(150, navigate) },
  {
    id: 'G',
    name: '1 call, then navigate to a page with the client',
    run: ending(1, (visitor, page, calls) => visitor.call(page, calls, '/')),
  },
  { id: 'H', name: '1 call, page hidden, renderer killed 30 ms later', run: ending(1, hideAndKill) },
  { id: 'navigate', name: '20 calls, navigate in the same tick', run: ending(CALLS, navigate) },
  {
    id: 'reload',
    name: '20 calls, reload in the same tick',
    run: ending(CALLS, (visitor, page, calls) => visitor.call(page, calls, 'reload')),
  },
  { id: 'close', name: '20 calls, tab closed', run: ending(CALLS, close) },
  { id: 'early', name: '20 calls as the page loads, tab closed', run: ending(CALLS, close, { settleMs: 0 }) },
  { id: 'tabs', name: '20 calls in each of two tabs, closed together', run: closeTogether },
  { id: 'full', name: 'localStorage full, 20 calls, navigate', run: fullStorage },
  { id: '500', name: '20 calls, receiver answers 500 for 10 s, tab kept', run: keptThrough('500', 10_000) },
  { id: 'reset', name: '20 calls, connections reset mid-body for 5 s, tab kept', run: keptThrough('reset', 5000) },
  {
    id: 'broken',
    name: '20 calls, stored but the answer breaks off for 5 s, tab kept',
    run: keptThrough('broken', 5000),
  },
  {
    id: 'silent',
    name: '20 calls, receiver never answers for 5 s, tab kept',
    run: keptThrough('silent', 5000, { keptMs: 20_000 }),
  },
  { id: 'offline', name: '20 calls offline, reload, online, reopened', run: offlineReload },
  { id: 'crash', name: 'three tabs with 20 events each in 503, one killed', run: threeTabs(CALLS, true) },
]
