import { type Case, createLog, outcome, pause, plain, type Told, type Values } from '../case'

const start = 'bootstrap registerPlugins registerPlugin:two initializeStart initialize initializeEnd ready ready:two'

export const lifecycleCases: Case[] = [
  {
    name: 'the 22 steps from creation to the callback of a call',
    async run(create) {
      const { lines, say, plugin, hook, listen } = createLog()
      const names = 'pageStart page pageEnd pageStart:two page:two pageEnd:two'
      const bootstrap = hook('one.bootstrap', ({ instance }) => {
        for (const name of names.split(' ')) instance.on(name, () => say(`one's on ${name}`))
      })
      const client = create({
        plugins: [
          plugin('one', 'pageStart page pageEnd ready', { bootstrap }),
          plugin('two', 'bootstrap pageStart page pageEnd ready'),
        ],
      })
      listen(client, 'pageStart page pageEnd ready')
      client.ready(hook('ready callback'))
      client.ready(() => client.page(hook('page callback') as never))
      await pause(60)
      return lines
    },
    gives: [
      'one.bootstrap',
      'two.bootstrap',
      'one.ready',
      'two.ready',
      'on ready',
      'ready callback',
      "one's on pageStart",
      'on pageStart',
      'one.pageStart',
      'two.pageStart',
      "one's on pageStart:two",
      'one.page',
      'two.page',
      "one's on page:two",
      "one's on page",
      'on page',
      'one.pageEnd',
      'two.pageEnd',
      "one's on pageEnd:two",
      "one's on pageEnd",
      'on pageEnd',
      'page callback',
    ],
  },
  ...['page', 'track', 'identify'].map(
    (call): Case => ({
      name: `the order of hooks, listeners, callback and promise of ${call}()`,
      async run(create) {
        const { lines, say, plugin, listen } = createLog()
        const hooks = `${call}Start ${call} ${call}End`
        const client = create({ plugins: [plugin('one', hooks), plugin('two', hooks), plugin('three', '')] })
        await pause()
        listen(client, '*')
        listen(client, hooks)
        listen(client, `${call}Start:one ${call}:one ${call}End:one ${call}:three`)
        const args = call === 'page' ? [{}, {}] : ['x', {}, {}]
        await client[call as 'track'](...args, () => say('callback')).then(() => say('promise'))
        return lines
      },
    }),
  ),
  {
    name: 'what is told of reset and disable',
    async run(create) {
      const { lines, plugin, listen, say } = createLog()
      const client = create({ plugins: [plugin('one', 'resetStart reset resetEnd disablePlugin'), plugin('two', '')] })
      await pause()
      listen(client)
      await client.reset().then(() => say('promise'))
      await client.plugins.disable('one').then(() => say('promise'))
      return lines
    },
  },
  {
    name: 'what is told of enable',
    async run(create) {
      const { lines, plugin, listen, say } = createLog()
      const client = create({
        plugins: [plugin('one', ''), plugin('two', 'enablePlugin initialize', { enabled: false })],
      })
      await pause(60)
      listen(client)
      await client.plugins.enable('two').then(() => say('promise'))
      return lines.filter((line) => !/ready/.test(line))
    },
    differs: 'order-of-enable',
    ours: [
      'on * enablePlugin',
      'on * initializeStart',
      'two.initialize',
      'on * initialize:two',
      'on * initialize',
      'on * initializeEnd',
      'promise',
    ],
  },
  {
    name: 'ready after enable',
    async run(create) {
      const { lines, plugin, listen } = createLog()
      const client = create({ plugins: [plugin('one', 'ready')] })
      listen(client, 'ready')
      await pause(60)
      await client.plugins.enable('one')
      await pause(60)
      return lines
    },
    differs: 'ready-once',
    gives: ['one.ready', 'on ready', 'one.ready', 'on ready'],
    ours: ['one.ready', 'on ready'],
  },
  {
    name: 'on("pageStart") runs inside the call, hooks of plugins after it',
    async run(create) {
      const { lines, say, plugin, listen } = createLog()
      const client = create({ plugins: [plugin('one', 'pageStart page')] })
      await pause()
      listen(client, 'pageStart')
      const call = client.page()
      const [first] = lines
      await call
      say('end')
      return { first, lines }
    },
    gives: { first: 'on pageStart', lines: ['on pageStart', 'one.pageStart', 'one.page', 'end'] },
  },
  {
    name: 'hooks run inside the call',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({ plugins: [plugin('one', 'page')] })
      await pause()
      const call = client.page()
      const inside = [...lines]
      await call
      return inside
    },
    differs: 'synchronous-hooks',
    gives: [],
    ours: ['one.page'],
  },
  {
    name: 'hooks of the start, in their order',
    async run(create) {
      const { lines, plugin } = createLog()
      create({ plugins: [plugin('one', start), plugin('two', 'bootstrap initialize ready'), { name: 'three' }] })
      await pause(60)
      return lines
    },
  },
  {
    name: 'what is told of the start',
    async run(create) {
      const { lines, plugin, listen } = createLog()
      listen(create({ plugins: [plugin('one', ''), plugin('two', 'initialize')] }))
      await pause(60)
      return lines.filter((line) => !/params|campaign/.test(line))
    },
    differs: 'order-of-start',
    ours: [
      'on * registerPlugins',
      'on * registerPlugin:one',
      'on * registerPlugin:two',
      'on * initializeStart',
      'two.initialize',
      'on * initialize:two',
      'on * initialize',
      'on * initializeEnd',
      'on * ready:one',
      'on * ready:two',
      'on * ready',
    ],
  },
  {
    name: 'payloads of the start',
    async run(create) {
      const told: Record<string, unknown> = {}
      const client = create({
        plugins: [
          { name: 'one', config: { a: 1 } },
          { name: 'two', initialize() {} },
          { name: 'off', enabled: false },
        ],
      })
      client.on('*', ({ payload }: Told) => {
        const { plugin, ...rest } = payload
        // The Start events of storage come before anybody can listen there (order-of-start).
        if (/^(params|initializeStart|setItem.*)$/.test(`${payload.type}`)) return
        told[`${payload.type}`] = { ...(plain(rest) as Values), ...(plugin ? { name: (plugin as Values).name } : {}) }
      })
      await pause(60)
      return told
    },
  },
  {
    name: 'the exact payload of initializeStart',
    async run(create) {
      let seen: unknown
      const client = create({
        plugins: [
          {
            name: 'one',
            initializeStart({ payload }: Told) {
              const { _, ...known } = payload
              seen = [Object.keys(known).sort(), known.plugins, known.disabled]
            },
          },
          { name: 'off', enabled: false },
        ],
      })
      await client.page()
      return seen
    },
    gives: [['disabled', 'meta', 'plugins', 'type'], ['one'], ['off']],
  },
  {
    name: 'bootstrap gets the plugin as payload, its config and the client, inside creation',
    run(create) {
      let seen: unknown
      create({
        plugins: [
          {
            name: 'one',
            config: { a: 1 },
            bootstrap({ payload, config, instance }: Told) {
              seen = [payload.name, config, Object.keys(instance).length > 0]
            },
          },
        ],
      })
      return seen
    },
    gives: ['one', { a: 1 }, true],
  },
  {
    name: 'what hooks get beside the payload',
    async run(create) {
      let seen: unknown
      const client = create({
        plugins: [
          {
            name: 'one',
            config: { a: 1 },
            track({ config, plugins, abort, instance }: Told) {
              seen = plain([config, plugins, typeof abort, typeof instance.track])
            },
          },
          { name: 'two', enabled: false },
        ],
      })
      await pause()
      await client.track('x')
      return seen
    },
  },
  {
    name: 'initialize gets its config',
    async run(create) {
      const seen: unknown[] = []
      create({ plugins: [{ name: 'one', config: { a: 1 }, initialize: ({ config }: Told) => void seen.push(config) }] })
      await pause()
      return seen
    },
    gives: [{ a: 1 }],
  },
  {
    name: 'hooks run one after another, each awaited',
    async run(create) {
      const { lines, say, plugin } = createLog()
      const slow = async () => {
        say('one begins')
        await pause(10)
        say('one ends')
      }
      const client = create({ plugins: [{ name: 'one', track: slow }, plugin('two', 'track trackEnd')] })
      await client.track('x')
      return lines
    },
    gives: ['one begins', 'one ends', 'two.track', 'two.trackEnd'],
  },
  {
    name: 'a call overtakes one whose hook is still running',
    async run(create) {
      const seen: unknown[] = []
      const client = create({
        plugins: [
          {
            name: 'one',
            trackStart: ({ payload }: Told) => (payload.event === 'first' ? pause(15) : undefined),
            track: ({ payload }: Told) => void seen.push(payload.event),
          },
        ],
      })
      await pause()
      await Promise.all([client.track('first'), client.track('second')])
      return seen
    },
    gives: ['second', 'first'],
  },
  {
    name: 'userIdChanged comes to hooks and listeners with both users',
    async run(create) {
      const seen: unknown[] = []
      const client = create({
        plugins: [{ name: 'one', userIdChanged: ({ payload }: Told) => void seen.push(plain(payload)) }],
      })
      await client.identify('ann', { a: 1 })
      client.on('userIdChanged', ({ payload }: Told) => seen.push(plain(payload)))
      await client.identify('ben', { b: 1 })
      await pause()
      return seen
    },
  },
  {
    name: 'who user() says it is, in each phase of identify',
    async run(create) {
      const seen: unknown[] = []
      const look = ({ payload, instance }: Told) =>
        void seen.push(plain([payload.type, instance.user('userId'), instance.user('traits.a')]))
      const client = create({
        plugins: [{ name: 'one', identifyStart: look, identify: look, identifyEnd: look }],
      })
      await pause()
      for (const name of ['identifyStart', 'identify', 'identifyEnd']) client.on(name, look)
      await client.identify('ann', { a: 1 })
      await client.identify('ben', { a: 2 })
      return seen
    },
    differs: 'identity-at-identify',
    ours: [
      ['identifyStart', 'ann', '(undefined)'],
      ['identifyStart', 'ann', '(undefined)'],
      ['identify', 'ann', '(undefined)'],
      ['identify', 'ann', 1],
      ['identifyEnd', 'ann', 1],
      ['identifyEnd', 'ann', 1],
      ['identifyStart', 'ann', 1],
      ['identifyStart', 'ann', 1],
      ['identify', 'ann', 1],
      ['identify', 'ben', 2],
      ['identifyEnd', 'ben', 2],
      ['identifyEnd', 'ben', 2],
    ],
  },
  {
    name: 'storage events of identify',
    async run(create) {
      const seen: string[] = []
      const hook = ({ payload }: Told) => void seen.push(`${payload.type} ${payload.key} ${plain(payload.value)}`)
      const client = create({
        plugins: [{ name: 'one', setItemStart: hook, setItem: hook, setItemEnd: hook }],
      })
      await pause()
      seen.length = 0
      await client.identify('ann')
      await pause()
      return seen.sort()
    },
  },
  {
    name: 'a storage event can be aborted',
    async run(create) {
      const client = create({
        plugins: [{ name: 'one', setItemStart: ({ abort }: Told) => abort('no') }],
      })
      client.storage.setItem('key', 'value')
      await pause()
      return plain(client.storage.getItem('key'))
    },
  },
  {
    name: 'an aborted initialize starts nobody',
    async run(create) {
      const { lines, plugin } = createLog()
      create({
        plugins: [
          { name: 'gate', initializeStart: () => ({ abort: true }) },
          plugin('one', 'initialize'),
          plugin('two', 'initialize'),
        ],
      })
      await pause()
      return lines
    },
    gives: [],
  },
  {
    name: 'an initialize that is aborted by name starts the others',
    async run(create) {
      const { lines, plugin } = createLog()
      create({
        plugins: [
          { name: 'gate', initializeStart: () => ({ abort: { plugins: ['one'] } }) },
          plugin('one', 'initialize'),
          plugin('two', 'initialize'),
        ],
      })
      await pause()
      return lines
    },
    gives: ['two.initialize'],
  },
  {
    name: 'a plugin hears of itself and of others by `registerPlugin:name` and `ready:name`',
    async run(create) {
      const { lines, plugin } = createLog()
      create({ plugins: [plugin('one', 'registerPlugin:two ready:two registerPlugin:one ready:one'), { name: 'two' }] })
      await pause(60)
      return lines.sort()
    },
  },
  {
    name: 'a call made right after creation runs after the start',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({ plugins: [plugin('one', 'initialize page')] })
      await outcome(client.page())
      return lines
    },
    gives: ['one.initialize', 'one.page'],
  },
]
