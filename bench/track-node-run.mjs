// Child of track-node.mjs: one client in a process of its own. `node --expose-gc track-node-run.mjs <client> <calls>`
const [name, calls] = [process.argv[2], Number(process.argv[3])]
/** Calls are made in blocks of this many and awaited together, so that none waits for the event loop alone. */
const BLOCK = 100
const WINDOW = 10_000

const plugin = () => ({ name: 'nothing', track() {} })

const clients = {
  /** What no client can go below: a call that returns a promise of `{ payload }`. */
  nothing: async () => ({ track: async (event, properties) => ({ payload: { event, properties } }) }),
  firsthand: async () => {
    const { Analytics } = await import('../dist/index.js')
    return Analytics({ app: 'bench', plugins: [plugin()] })
  },
  analytics: async () => {
    const { Analytics } = await import('analytics')
    return Analytics({ app: 'bench', plugins: [plugin()] })
  },
}

const heapUsed = () => {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

const client = await clients[name]()
await new Promise((resolve) => setTimeout(resolve, 200))
const heapBefore = heapUsed()
const wallMs = () => performance.now()
/** Of this process alone: what other work on the machine does not lengthen. Collecting garbage and compiling included. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const ends = [{ wall: wallMs(), cpu: cpuMs() }]
for (let done = 0; done < calls; done += BLOCK) {
  const block = []
  for (let index = 0; index < BLOCK; index++) block.push(client.track('buttonClicked', { index: done + index }))
  const [{ payload }] = await Promise.all(block)
  if (payload.event !== 'buttonClicked' || payload.properties.index !== done) throw new Error('not the payload')
  if ((done + BLOCK) % WINDOW === 0) ends.push({ wall: wallMs(), cpu: cpuMs() })
}
const perSecond = (clock) => ends.slice(1).map((end, index) => (WINDOW / (end[clock] - ends[index][clock])) * 1000)
const [wall, cpu] = [perSecond('wall'), perSecond('cpu')]
process.send({
  first: wall[0],
  last: wall.at(-1),
  firstByCpu: cpu[0],
  lastByCpu: cpu.at(-1),
  heapGrowth: heapUsed() - heapBefore,
})
process.exit()
