// What is measured, in a process of its own: `node server.mjs <kind> <bundle> <store>`, forked by collector.mjs.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const [kind, bundle, where] = process.argv.slice(2)
const product = await import(bundle)
const project = { id: 'bench', key: 'bench-key', origins: ['http://127.0.0.1:8000', 'https://www.example.com'] }
// The defaults bound single events at 1,000 requests/s of a key.
const limits = { keyRequestsPerSecond: 1e9, keyRequestBurst: 1e9 }

function rawHttp() {
  const server = createServer((request, response) => {
    let bytes = 0
    request.on('data', (part) => (bytes += part.length))
    request.on('end', () => {
      const body = `{"success":true,"events":${bytes > 0 ? 1 : 0}}`
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      response.end(body)
    })
  })
  return listen(server)
}

/** Only parses. */
function bareHono() {
  const fetch = async (request) => {
    const { batch } = await request.json()
    return Response.json({ success: true, events: batch.length })
  }
  return listen(product.createAdaptorServer({ fetch }))
}

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }),
    )
  })
}

const nothing = async () => []

/** Keeps nothing, at once. */
const emptyStore = () => ({
  append: async (events) => ({ status: 'committed', outcomes: events.map(() => 'stored') }),
  ...{ projects: nothing, usage: nothing, close: async () => {} },
})

const collector = (store) =>
  product.serve(product.createCollector({ projects: [project], store, cookies: true, limits }), {
    port: 0,
    replaceGlobals: true,
  })

const kinds = {
  raw: rawHttp,
  hono: bareHono,
  empty: () => collector(emptyStore()),
  sqlite: () => collector(product.sqliteStore({ path: where })),
  postgres: () => collector(product.postgresStore(JSON.parse(where))),
}

/** Linux tells the time of each thread, in hundredths of a second; the first one runs the event loop. */
function loopCpuUs() {
  const file = `/proc/self/task/${process.pid}/stat`
  if (!existsSync(file)) return Number.NaN
  const [user, system] = readFileSync(file, 'utf8').split(') ')[1].split(' ').slice(11, 13)
  return (Number(user) + Number(system)) * 10_000
}

const served = await kinds[kind]()
const delay = monitorEventLoopDelay({ resolution: 1 })
let cpu = process.cpuUsage()
let loopCpu = 0
let peakRss = 0
setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), 100).unref()

const commands = {
  start() {
    peakRss = 0
    cpu = process.cpuUsage()
    loopCpu = loopCpuUs()
    delay.reset()
    delay.enable()
    return {}
  },
  stop() {
    delay.disable()
    const { user, system } = process.cpuUsage(cpu)
    // The histogram has the time between two turns of a timer of 1 ms.
    return {
      cpuUs: user + system,
      loopCpuUs: loopCpuUs() - loopCpu,
      loopP99: Math.max(0, delay.percentile(99) / 1e6 - 1),
      peakRss,
    }
  },
  async close() {
    await served.close()
    return {}
  },
}

process.on('message', async (command) => {
  process.send(await commands[command]())
  if (command === 'close') process.disconnect()
})
process.send({ port: Number(new URL(served.url).port) })
