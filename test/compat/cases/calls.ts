import { type Case, type CommonClient, type CreateClient, createLog, outcome, pause, plain, type Values } from '../case'

/** The payload that a call comes to, and how often and with what its callback was called, before the promise. */
async function called(create: CreateClient, call: (client: CommonClient, callback: unknown) => Promise<never>) {
  const { lines, say } = createLog()
  const client = create({ plugins: [{ name: 'one', page() {}, track() {}, identify() {} }] })
  await pause()
  const told: unknown[] = []
  const callback = (...args: unknown[]) => {
    say('callback')
    told.push(...args.map((arg) => plain(arg)))
  }
  const result = await call(client, callback).then(
    (value: unknown) => {
      say('promise')
      return plain(value)
    },
    (error: Error) => `rejected: ${error.message}`,
  )
  return { result, order: lines, isSame: JSON.stringify(told[0]) === JSON.stringify(result), told: told.length }
}

type Call = (client: CommonClient, callback: unknown) => Promise<never>

const forms: Record<string, Call> = {
  'track(name, callback at the end)': (client, callback) => client.track('x', { a: 1 }, { o: 1 }, callback) as never,
  'track(name, properties, callback)': (client, callback) => client.track('x', { a: 1 }, callback) as never,
  'track(name, null, null, callback)': (client, callback) => client.track('x', null, null, callback) as never,
  'track(object)': (client) => client.track({ event: 'x', a: 1 }) as never,
  'track(object, options in second place)': (client) => client.track({ event: 'x', a: 1 }, { o: 1 }) as never,
  'track(object, callback)': (client, callback) => client.track({ event: 'x', a: 1 }, callback) as never,
  'track(object, null, options, callback)': (client, callback) =>
    client.track({ event: 'x' }, null, { o: 1 }, callback) as never,
  'track()': (client) => client.track() as never,
  'track(empty name)': (client) => client.track('') as never,
  'track(object without a name)': (client) => client.track({ a: 1 }) as never,
  'track(number)': (client) => client.track(5) as never,
  'page(callback)': (client, callback) => client.page(callback) as never,
  'page(properties, callback)': (client, callback) => client.page({ a: 1 }, callback) as never,
  'page(properties, options, callback)': (client, callback) => client.page({ a: 1 }, { o: 1 }, callback) as never,
  'page(null, null, callback)': (client, callback) => client.page(null, null, callback) as never,
  'page(undefined)': (client) => client.page(undefined) as never,
  'identify(id)': (client) => client.identify('ann') as never,
  'identify(id, traits, options, callback)': (client, callback) =>
    client.identify('ann', { a: 1 }, { o: 1 }, callback) as never,
  'identify(id, null, null, callback)': (client, callback) => client.identify('ann', null, null, callback) as never,
  'identify(traits)': (client) => client.identify({ name: 'Ann' }) as never,
  'identify(traits with a user id)': (client) => client.identify({ userId: 'ann', name: 'Ann' }) as never,
  'identify(traits, callback)': (client, callback) => client.identify({ name: 'Ann' }, callback) as never,
  'identify(traits, options)': (client) => client.identify({ name: 'Ann' }, { o: 1 }) as never,
  'reset(callback)': (client, callback) => client.reset(callback) as never,
  'plugins.enable(name, callback)': (client, callback) => client.plugins.enable('one', callback) as never,
  'plugins.disable(name, callback)': (client, callback) => client.plugins.disable('one', callback) as never,
  'plugins.disable(names)': (client) => client.plugins.disable(['one']) as never,
  'enablePlugin(name, callback)': (client, callback) => client.enablePlugin('one', callback) as never,
  'disablePlugin(names)': (client) => client.disablePlugin(['one']) as never,
}

/** Payload keys of contract and hooks, told apart from what the environment adds. */
async function keysInHooks(create: CreateClient) {
  const seen: Values = {}
  const record = ({ payload }: { payload: Values }) => {
    const { _, ...known } = payload
    seen[`${payload.type}`] = Object.keys(known).sort()
  }
  const hooks = 'pageStart page pageEnd trackStart track trackEnd identifyStart identify identifyEnd'.split(' ')
  const client = create({ plugins: [{ name: 'one', ...Object.fromEntries(hooks.map((hook) => [hook, record])) }] })
  await client.page()
  await client.track('x')
  await client.identify('ann')
  return seen
}

const common = ['anonymousId', 'meta', 'options', 'type', 'userId']
const pageKeys = [...common, 'properties'].sort()
const trackKeys = [...pageKeys, 'event'].sort()
const identifyKeys = [...common, 'traits'].sort()

/** Theirs with an empty object in the place of the callback. */
const emptied = (key: string) => (theirs: { result: { payload: Values } }) => ({
  ...theirs,
  result: { payload: { ...theirs.result.payload, [key]: {} } },
})

export const callCases: Case[] = [
  ...Object.entries(forms).map(
    ([name, call]): Case => ({ name: `arguments: ${name}`, run: (create) => called(create, call) }),
  ),
  {
    name: 'arguments: a callback in the place of the properties',
    run: (create) => called(create, (client, callback) => client.track('x', callback) as never),
    differs: 'callback-as-properties',
    ours: emptied('properties'),
  },
  {
    name: 'arguments: a callback in the place of the traits',
    run: (create) => called(create, (client, callback) => client.identify('ann', callback) as never),
    differs: 'callback-as-properties',
    ours: emptied('traits'),
  },
  {
    name: 'arguments: a callback in the place of the options of identify',
    run: (create) => called(create, (client, callback) => client.identify('ann', { a: 1 }, callback) as never),
    differs: 'callback-as-properties',
    ours: emptied('options'),
  },
  {
    name: 'arguments: identify()',
    run: (create) => called(create, (client) => client.identify() as never),
    differs: 'identify-without-arguments',
    ours: {
      result: {
        payload: {
          anonymousId: '(id)',
          meta: { hasCallback: true, rid: '(id)', ts: '(time)' },
          options: {},
          traits: {},
          type: 'identifyEnd',
          userId: null,
        },
      },
      order: ['promise'],
      isSame: false,
      told: 0,
    },
  },
  {
    name: 'exact keys of the payloads in hooks',
    run: keysInHooks,
    gives: {
      pageStart: pageKeys,
      page: pageKeys,
      pageEnd: pageKeys,
      trackStart: trackKeys,
      track: trackKeys,
      trackEnd: trackKeys,
      identifyStart: identifyKeys,
      identify: identifyKeys,
      identifyEnd: identifyKeys,
    },
  },
  {
    name: 'the promise comes to the payload of the last phase, with the id and the time of the first',
    async run(create) {
      const metas: Values[] = []
      const hook = ({ payload }: { payload: Values }) => void metas.push(payload.meta as Values)
      const client = create({ plugins: [{ name: 'one', trackStart: hook, track: hook, trackEnd: hook }] })
      const { payload } = await client.track('x')
      const same = metas.every(
        ({ rid, ts }) => rid === (payload.meta as Values).rid && ts === (payload.meta as Values).ts,
      )
      return { type: payload.type, same, hooks: metas.length }
    },
    gives: { type: 'trackEnd', same: true, hooks: 3 },
  },
  {
    name: 'an anonymous visitor has null for a user id',
    run: async (create) => {
      const { payload } = await create().track('x')
      return [payload.userId, typeof payload.anonymousId]
    },
    gives: [null, 'string'],
  },
  {
    name: 'what a plugin changes in the properties, the caller and later plugins see',
    async run(create) {
      const own: Values = { a: 1 }
      const seen: unknown[] = []
      const client = create({
        plugins: [
          {
            name: 'one',
            track: ({ payload }: { payload: { properties: Values } }) => void (payload.properties.b = 2),
          },
          { name: 'two', track: ({ payload }: { payload: Values }) => void seen.push(plain(payload.properties)) },
        ],
      })
      await client.track('x', own)
      return { own, seen }
    },
    gives: { own: { a: 1, b: 2 }, seen: [{ a: 1, b: 2 }] },
  },
  {
    name: 'calls made in a row keep their order',
    async run(create) {
      const seen: unknown[] = []
      const client = create({
        plugins: [{ name: 'one', track: ({ payload }: { payload: Values }) => void seen.push(payload.event) }],
      })
      for (const name of ['a', 'b', 'c']) client.track(name)
      await client.track('d')
      return seen
    },
    gives: ['a', 'b', 'c', 'd'],
  },
  {
    name: 'a call made inside a hook is made',
    async run(create) {
      const { lines, plugin, hook } = createLog()
      const page = hook('one.page', ({ instance }) => void instance.track('inner'))
      const client = create({ plugins: [plugin('one', 'track', { page }), plugin('two', 'track')] })
      await outcome(client.page())
      await pause()
      return lines
    },
    gives: ['one.page', 'one.track', 'two.track'],
  },
]
