import { type Case, createLog, outcome, pause, plain, type Told, type Values } from '../case'

const statesOf = (states: unknown) =>
  Object.entries(states as Record<string, Values>).map(
    ([name, { enabled, initialized, loaded }]) => `${name} ${enabled} ${initialized} ${loaded}`,
  )

export const pluginCases: Case[] = [
  {
    name: 'ready(callback) before the fact',
    async run(create) {
      const seen: unknown[] = []
      const client = create({ plugins: [{ name: 'one' }, { name: 'off', enabled: false }] })
      client.ready(({ payload }: Told) => seen.push(plain(payload)))
      await pause(60)
      return seen
    },
  },
  {
    name: 'ready(callback) after the fact, where somebody asked before',
    async run(create) {
      const { lines, hook } = createLog()
      const client = create({ plugins: [{ name: 'one' }] })
      client.ready(hook('early'))
      await pause(60)
      client.ready(hook('late'))
      return lines
    },
    gives: ['early', 'late'],
  },
  {
    name: 'what a late ready(callback) gets',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', methods: { go: () => 'gone' } }] })
      client.ready(() => {})
      await pause(60)
      let seen: unknown
      client.ready(({ payload, plugins }: Told) => {
        const { enable, one } = plugins as unknown as { enable: unknown; one?: { go?(): unknown } }
        seen = plain([payload, typeof enable, one?.go?.()])
      })
      return seen
    },
    differs: 'late-ready',
    gives: [undefined, 'function', 'gone'],
    ours: [
      { disabled: [], failed: [], meta: { rid: '(id)', ts: '(time)' }, plugins: ['one'], type: 'ready' },
      'function',
      'gone',
    ],
  },
  {
    name: 'ready(callback) after the fact, where nobody asked before',
    async run(create) {
      const { lines, hook } = createLog()
      const client = create({ plugins: [{ name: 'one' }] })
      await pause(60)
      client.ready(hook('late'))
      await pause(60)
      return lines
    },
    differs: 'late-ready',
    gives: [],
    ours: ['late'],
  },
  {
    name: 'ready without plugins',
    async run(create) {
      const { lines, hook } = createLog()
      create().ready(hook('ready'))
      await pause(60)
      return lines
    },
    differs: 'late-ready',
    gives: [],
    ours: ['ready'],
  },
  {
    name: 'the end of ready(callback)',
    async run(create) {
      const { lines, hook } = createLog()
      const stop = create({ plugins: [{ name: 'one' }] }).ready(hook('ready')) as () => void
      stop()
      await pause(60)
      return lines
    },
    gives: [],
  },
  {
    name: 'the hook ready:one comes when loaded() says so',
    async run(create) {
      const { lines, say, plugin, hook } = createLog()
      let isLoaded = false
      let asked = 0
      const client = create({
        plugins: [
          plugin('one', 'ready', {
            config: { a: 1 },
            loaded: ({ config }: Told) => {
              asked++
              return config.a === 1 && isLoaded
            },
          }),
          plugin('two', 'ready:one'),
        ],
      })
      client.on('ready:one', hook('on ready:one'))
      client.ready(hook('ready'))
      await pause(60)
      say('loads')
      isLoaded = true
      await pause(60)
      return { lines, asked: asked > 2, states: statesOf(client.getState('plugins')) }
    },
  },
  {
    name: 'calls wait until the plugin is loaded, with their ids, times and order',
    async run(create) {
      const { lines, say } = createLog()
      let isLoaded = false
      const seen: Values[] = []
      const take = ({ payload }: Told) => {
        say(`${payload.type} ${payload.event}`)
        seen.push(payload.meta as Values)
      }
      const client = create({ plugins: [{ name: 'one', page: take, track: take, loaded: () => isLoaded }] })
      const results = [await client.page(), await client.track('a'), await client.track('b')]
      const waiting = lines.length
      const queue = (client.getState('queue.actions') as unknown[]).length
      isLoaded = true
      await pause(60)
      const same = results.every(({ payload: { meta } }, index) => {
        const { rid, ts } = meta as Values
        return rid === seen[index]?.rid && ts === seen[index]?.ts
      })
      return { waiting, queue, lines, same }
    },
    gives: { waiting: 0, queue: 3, lines: ['page undefined', 'track a', 'track b'], same: true },
  },
  {
    name: 'the payload that a hook gets after waiting has no other keys',
    async run(create) {
      let isLoaded = false
      const seen: unknown[] = []
      const client = create({
        plugins: [
          {
            name: 'one',
            config: { a: 1 },
            loaded: () => isLoaded,
            track: ({ payload, config, instance }: Told) => {
              const { _, ...known } = payload
              seen.push([plain(known), config, typeof instance.page])
            },
          },
        ],
      })
      await client.track('a', { b: 1 })
      isLoaded = true
      await pause(60)
      return seen
    },
  },
  {
    name: 'enabled: false and config.enabled: false',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({
        plugins: [
          plugin('one', 'initialize page ready'),
          plugin('two', 'initialize page ready', { enabled: false }),
          plugin('three', 'initialize page ready', { config: { enabled: false } }),
        ],
      })
      await client.page()
      await pause(60)
      return { lines, states: statesOf(client.getState('plugins')) }
    },
  },
  {
    name: 'plugins.enable: initialize once, ready, then calls',
    async run(create) {
      const { lines, plugin, hook } = createLog()
      const client = create({
        plugins: [plugin('one', 'page'), plugin('two', 'initialize page ready:two', { enabled: false })],
      })
      await client.page()
      const result = await client.plugins.enable('two', hook('callback'))
      await client.page()
      await client.plugins.disable('two')
      await client.page()
      await client.plugins.enable(['two', 'one'])
      await client.page()
      await pause()
      return {
        lines: lines.filter((line) => line !== 'two.ready:two'),
        result: plain(result),
        states: statesOf(client.getState('plugins')),
      }
    },
  },
  {
    name: 'plugins.enable in a hook and without waiting',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({
        plugins: [
          { name: 'gate', page: ({ instance }: Told) => void instance.plugins.enable('two') },
          plugin('two', 'initialize track', { enabled: false }),
        ],
      })
      await client.page()
      await pause()
      await client.track('x')
      return lines
    },
    gives: ['two.initialize', 'two.track'],
  },
  {
    name: 'calls to a disabled plugin are not made up for',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({ plugins: [plugin('one', 'track', { enabled: false }), plugin('two', '')] })
      await pause()
      await client.track('x')
      await client.plugins.enable('one')
      await pause(60)
      return lines
    },
    gives: [],
  },
  {
    name: 'offline: calls wait, and go out in order when there is a network',
    async run(create) {
      const { lines, say } = createLog()
      const network = (isOnline: boolean) => {
        Object.defineProperty(navigator, 'onLine', { value: isOnline, configurable: true })
        dispatchEvent(new Event(isOnline ? 'online' : 'offline'))
      }
      const client = create({ plugins: [{ name: 'one', track: ({ payload }: Told) => say(`${payload.event}`) }] })
      await pause()
      client.once('offline', () => say('on offline'))
      network(false)
      await pause()
      say(`${client.getState('context.offline')}`)
      await outcome(client.track('a'))
      await outcome(client.track('b'))
      network(true)
      await pause()
      say(`${client.getState('context.offline')}`)
      // The heart of `analytics` beats every three seconds.
      for (let round = 0; round < 40 && !lines.includes('b'); round++) await pause(100)
      return lines.filter((line) => line !== 'false')
    },
    only: 'browser',
    gives: ['on offline', 'true', 'a', 'b'],
  },
  {
    name: 'a plugin object is changed by the client',
    async run(create) {
      const plugin: Values = { name: 'one', enabled: true, methods: { go() {} }, page() {} }
      create({ plugins: [plugin] })
      await pause()
      return Object.keys(plugin).sort()
    },
    differs: 'plugin-objects',
    ours: ['enabled', 'methods', 'name', 'page'],
  },
]
