import { type Case, type CommonClient, createLog, pause, plain, type Told, type Values } from '../case'

const keys =
  'identify track page user reset ready on once getState dispatch enablePlugin disablePlugin plugins storage setAnonymousId events'.split(
    ' ',
  )

const errorOf = (run: () => unknown): string => {
  try {
    return `no error, but ${plain(run())}`
  } catch (error) {
    return (error as Error).message
  }
}

export const interfaceCases: Case[] = [
  {
    name: 'the five exports',
    run: (_, { Analytics, init, default: standard, EVENTS, CONSTANTS }) => ({
      isOne: Analytics === init && Analytics === standard,
      events: Object.keys(EVENTS).length,
      constants: CONSTANTS,
    }),
    gives: {
      isOne: true,
      events: 38,
      constants: { ANON_ID: '__anon_id', USER_ID: '__user_id', USER_TRAITS: '__user_traits' },
    },
  },
  {
    name: 'names of events',
    run: (_, { EVENTS }) => [
      plain(EVENTS),
      (EVENTS.pluginReadyType as (name: string) => string)('x'),
      (EVENTS.registerPluginType as (name: string) => string)('x'),
    ],
  },
  {
    name: 'members of the instance, ours behind theirs',
    run: (create) => {
      const client = create() as unknown as Values
      return Object.keys(client)
        .slice(0, keys.length)
        .map((key) => `${key} ${typeof client[key]}`)
    },
    gives: keys.map((key) => `${key} ${/plugins|storage|events/.test(key) ? 'object' : 'function'}`),
  },
  {
    name: 'the list of events: core, and hooks and EVENTS of the plugins',
    run: (create) =>
      create({
        plugins: [
          { name: 'one', EVENTS: { A: 'one:a', B: 'one:b' }, initialize() {}, page() {}, 'track:two': () => {} },
          { name: 'two', custom() {}, loaded: () => true, page() {}, methods: { go() {} } },
        ],
      }).events,
  },
  {
    name: 'members work without their object',
    async run(create) {
      const { page, track, identify, user, reset, ready, on, once, getState, dispatch, setAnonymousId } = create({
        app: 'site',
        plugins: [{ name: 'one', page() {} }],
      })
      const seen: unknown[] = []
      ready(() => seen.push('ready'))
      await pause()
      on('page', () => seen.push('page'))
      once('custom', () => seen.push('custom'))
      for (const call of [page(), track('x'), identify('ann')]) seen.push((await call).payload.type)
      dispatch('custom')
      dispatch('custom')
      await pause()
      seen.push(user('userId'), getState('context.app'))
      setAnonymousId('visitor')
      await pause()
      seen.push(user('anonymousId'))
      seen.push((await reset()).payload.type)
      return seen
    },
  },
  {
    name: 'methods of plugins: the client as `this.instance` and as last argument',
    async run(create) {
      const seen: unknown[] = []
      const namesOf = (instance: unknown) => Object.keys(instance as Values)
      const names = () => namesOf(client).join()
      const client: CommonClient = create({
        plugins: [
          {
            name: 'one',
            methods: {
              plainly(this: { instance: CommonClient }, a: unknown, b: unknown, ...rest: unknown[]) {
                seen.push([a, b, rest.length, namesOf(this.instance).join() === names(), rest[0] === this.instance])
                return 'given back'
              },
              arrow: (a: unknown, ...rest: unknown[]) => {
                seen.push([a, rest.length, namesOf(rest.at(-1)).join() === names()])
              },
              async late(a: unknown) {
                return `late ${a}`
              },
            },
          },
          {
            name: 'two',
            methods: {
              calls(this: { instance: CommonClient }) {
                const { page } = this.instance
                return page()
              },
            },
          },
        ],
      })
      const { one, two } = client.plugins as never as Record<string, Record<string, (...args: unknown[]) => unknown>>
      seen.push(one?.plainly?.('a', 'b'))
      seen.push(one?.plainly?.('a'))
      seen.push(one?.plainly?.())
      one?.arrow?.('a', 'b')
      one?.arrow?.('a')
      seen.push(await one?.late?.('a'))
      seen.push(((await two?.calls?.()) as { payload: Values } | undefined)?.payload.type)
      seen.push(Object.keys(client.plugins))
      return plain(seen)
    },
  },
  {
    name: 'the instance in hooks is the one that was returned, member by member',
    async run(create) {
      const seen: unknown[] = []
      const hook = ({ instance }: Told) => void seen.push(Object.keys(instance).join())
      const client = create({ plugins: [{ name: 'one', bootstrap: hook, initialize: hook, page: hook }] })
      await client.page()
      const names = Object.keys(client).join()
      // In `bootstrap` the members are there as well.
      return seen.map((text) => text === names)
    },
    gives: [true, true, true],
  },
  {
    name: 'wrong arguments of on and once',
    run: (create) => {
      const client = create()
      return [
        client.on('x'),
        client.on('', () => {}),
        client.on(null, () => {}),
        client.once('x'),
        /disabled for bootstrap/.test(errorOf(() => client.on('bootstrap', () => {}))),
        /disabled for bootstrap/.test(errorOf(() => client.once('bootstrap', () => {}))),
      ]
    },
    gives: [false, false, false, false, true, true],
  },
  {
    name: 'on, once and their ends',
    async run(create) {
      const seen: string[] = []
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      const stop = client.on('track', () => seen.push('on')) as () => void
      client.once('track', () => seen.push('once'))
      const never = client.once('track', () => seen.push('never')) as () => void
      never()
      await client.track('a')
      await client.track('b')
      stop()
      await client.track('c')
      return seen
    },
    gives: ['on', 'once', 'on'],
  },
  {
    name: 'once for all names',
    async run(create) {
      const seen: unknown[] = []
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      await pause()
      client.once('*', ({ payload }: Told) => seen.push(payload.type))
      await client.track('a')
      return seen
    },
    gives: ['trackStart'],
  },
  {
    name: 'listeners hear of one plugin by name',
    async run(create) {
      const { lines, listen } = createLog()
      const client = create({ plugins: [{ name: 'one', trackStart() {}, track() {}, trackEnd() {} }] })
      await pause()
      listen(client, 'trackStart:one track:one trackEnd:one track:two')
      await client.track('a')
      return lines
    },
    gives: ['on trackStart:one', 'on track:one', 'on trackEnd:one'],
  },
  {
    name: 'listeners get plugin objects by name, the client, and no way to abort',
    async run(create) {
      let seen: unknown
      const client = create({ plugins: [{ name: 'one', config: { a: 1 }, track() {}, loaded: () => true }] })
      await pause()
      client.on('track', ({ plugins, instance, config, payload, abort }: Told) => {
        const one = plugins.one as { loaded(): boolean; name: string; config: Values }
        const aborted = errorOf(() => abort('no')) !== ''
        seen = [one.name, one.config, one.loaded(), instance.user('userId'), config, payload.event, aborted]
      })
      await client.track('a')
      return plain(seen)
    },
  },
  {
    name: 'names of the core are reserved, all others reach hooks and listeners',
    async run(create, { EVENTS }) {
      const { lines, plugin, listen } = createLog()
      const client = create({ plugins: [plugin('one', 'custom other')] })
      await pause()
      const reserved = Object.values(EVENTS).filter((name) => typeof name === 'string')
      const errors = reserved.map((type) => errorOf(() => client.dispatch({ type })))
      listen(client, 'custom other third')
      let seen: unknown
      client.on('custom', ({ payload }: Told) => {
        seen = plain(payload)
      })
      for (const action of [{ type: 'custom', a: 1 }, 'other', { type: 'third' }]) {
        client.dispatch(action)
        await pause(5)
      }
      return { errors, lines, seen }
    },
  },
  {
    name: 'error words at creation: the same name twice',
    run: (create) =>
      /oneAlreadyLoaded/.exec(errorOf(() => create({ plugins: [{ name: 'one' }, { name: 'one' }] })))?.[0],
    gives: 'oneAlreadyLoaded',
  },
  {
    name: 'error words at creation: a plugin without a name',
    run: (create) => errorOf(() => create({ plugins: [{ page() {} }] })).replace(/^.*(errors\/1)$/, '$1'),
    differs: 'error-words',
    gives: 'errors/1',
    ours: '[firsthand] plugins: each needs a name',
  },
]
