// Functions that run inside the page; each stands alone.

/** Single calls, each in a task of its own and 4 ms after the last: the call, and until the page can do something else. */
export async function timeSingleCalls(calls) {
  const client = await globalThis.client
  const channel = new MessageChannel()
  const nextTask = () =>
    new Promise((resolve) => {
      channel.port1.addEventListener('message', resolve, { once: true })
      channel.port2.postMessage(0)
    })
  channel.port1.start()
  const inCall = []
  const untilNextTask = []
  for (let index = 0; index < calls; index++) {
    await new Promise((resolve) => setTimeout(resolve, 4))
    const start = performance.now()
    void client.track('buttonClicked', { index, label: 'Sign up', price: 9.5 })
    const returned = performance.now()
    await nextTask()
    inCall.push(returned - start)
    untilNextTask.push(performance.now() - start)
  }
  return { inCall, untilNextTask, isExact: globalThis.crossOriginIsolated }
}

/** Calls without a break: how long they take, and how long the page can do nothing else. */
export async function timeBurst(calls) {
  const client = await globalThis.client
  const channel = new MessageChannel()
  const nextTask = new Promise((resolve) => {
    channel.port1.addEventListener('message', resolve, { once: true })
  })
  channel.port1.start()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const start = performance.now()
  for (let index = 0; index < calls; index++) {
    void client.track('buttonClicked', { index, label: 'Sign up', price: 9.5 })
  }
  const returned = performance.now()
  channel.port2.postMessage(0)
  await nextTask
  return { inCalls: returned - start, untilNextTask: performance.now() - start }
}

/** Before any script of the page: counts every access to cookies and localStorage. */
export function countStorageAccess() {
  const counts = { cookieReads: 0, cookieWrites: 0, storageReads: 0, storageWrites: 0 }
  globalThis.storageCounts = counts
  const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')
  Object.defineProperty(Document.prototype, 'cookie', {
    configurable: true,
    get() {
      counts.cookieReads++
      return get.call(this)
    },
    set(text) {
      counts.cookieWrites++
      set.call(this, text)
    },
  })
  const kinds = { getItem: 'storageReads', key: 'storageReads', setItem: 'storageWrites', removeItem: 'storageWrites' }
  for (const [name, kind] of Object.entries(kinds)) {
    const method = Storage.prototype[name]
    Storage.prototype[name] = function (...args) {
      if (this === localStorage) counts[kind]++
      return method.apply(this, args)
    }
  }
}

/** Accesses per call, with all that follows within 3 s. The first call starts the visit and is not counted. */
export async function countPerCall(calls) {
  const client = await globalThis.client
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  void client.track('buttonClicked', {})
  await wait(3000)
  const before = { ...globalThis.storageCounts }
  for (let index = 0; index < calls; index++) {
    void client.track('buttonClicked', { index })
    await wait(5)
  }
  await wait(3000)
  return Object.entries(globalThis.storageCounts).map(([name, value]) => [name, (value - before[name]) / calls])
}

/** Fills the queue of our client while the receiver is down. */
export async function fill(calls) {
  const client = await globalThis.client
  for (let index = 0; index < calls; index++) {
    void client.track('buttonClicked', { index, label: 'Sign up', price: 9.5 })
    if (index % 250 === 249) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
}

export async function queueState() {
  const client = await globalThis.client
  const { waiting, dropped, quotaRefusals } = client.getState('delivery')
  const stored = Object.keys(localStorage).filter((key) => key.startsWith('__fh_q:')).length
  return { waiting, dropped: Object.values(dropped).reduce((sum, value) => sum + value, 0), quotaRefusals, stored }
}
