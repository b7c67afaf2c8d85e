import { type Case, createLog, outcome, pause, plain, type Told, type Values } from '../case'

/** Cases that exist because the two differ: at least one for each row of the table that no other case names. */
export const changeCases: Case[] = [
  {
    name: 'storage events of identify among the others',
    async run(create) {
      const { lines, say } = createLog()
      const client = create({ plugins: [{ name: 'one', identify() {} }] })
      await pause()
      client.on('*', ({ payload }: Told) => say(`${payload.type}`))
      await client.identify('ann').then(() => say('promise'))
      await pause()
      return lines.filter((line) => /^(setItem|identify|promise)$/.test(line))
    },
    differs: 'order-of-storage-events',
    ours: ['setItem', 'setItem', 'identify', 'promise'],
  },
  {
    name: 'the key `_` in payloads of listeners',
    async run(create) {
      let keys: string[] = []
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      await pause()
      client.on('track:one', ({ payload }: Told) => {
        keys = Object.keys(payload)
      })
      await client.track('x')
      return keys.includes('_')
    },
    differs: 'no-underscore',
    gives: true,
    ours: false,
  },
  {
    name: 'keys of meta, and its rid in on("track:one")',
    async run(create) {
      const metas: Values[] = []
      const keep = ({ payload }: Told) => void metas.push(payload.meta as Values)
      const client = create({ plugins: [{ name: 'one', track: keep }] })
      await pause()
      client.on('track:one', keep)
      await client.track('x')
      const [hook = {}, listener = {}] = metas
      return [Object.keys(hook).sort(), hook.rid === listener.rid]
    },
    differs: 'meta',
    gives: [['hasCallback', 'rid', 'ts'], false],
    ours: [['context', 'hasCallback', 'messageId', 'rid', 'session', 'ts'], true],
  },
  {
    name: 'a numeric user id',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', identify() {} }] })
      await client.identify('ann')
      const { payload } = await client.identify(7, {})
      return [payload.userId, client.user('userId')]
    },
    differs: 'numeric-user-id',
    gives: ['ann', 'ann'],
    ours: ['7', '7'],
  },
  {
    name: 'previousId',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', identify() {} }] })
      await client.identify('ann')
      const { payload } = await client.identify('ben')
      return payload.previousId
    },
    differs: 'previous-id',
    ours: 'ann',
  },
  {
    name: 'traits after another user has come',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', identify() {} }] })
      await client.identify('ann', { email: 'ann@example.com' })
      await client.identify('ben', { plan: 'team' })
      await pause()
      return [plain(client.user('traits')), plain(client.storage.getItem('__user_traits'))]
    },
    differs: 'traits-of-another-user',
    gives: [
      { email: 'ann@example.com', plan: 'team' },
      { email: 'ann@example.com', plan: 'team' },
    ],
    ours: [{ plan: 'team' }, { plan: 'team' }],
  },
  {
    name: 'ids of the event after a reset',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      const first = (await client.track('x')).payload.anonymousId
      await client.reset()
      const { payload } = await client.track('x')
      return [typeof payload.anonymousId, payload.anonymousId === first, plain(payload.userId)]
    },
    differs: 'anonymous-id-after-reset',
    ours: ['string', false, null],
  },
  {
    name: 'a second client in Node',
    async run(create) {
      await create({ plugins: [{ name: 'one', identify() {} }] }).identify('ann', { a: 1 })
      await pause()
      const second = create()
      return [second.user('userId'), plain(second.user('traits'))]
    },
    differs: 'isolated-clients',
    gives: ['ann', { a: 1 }],
    ours: [null, {}],
    only: 'node',
  },
  {
    name: 'where ids are',
    async run(create) {
      await create({ plugins: [{ name: 'one', identify() {} }] }).identify('ann')
      await pause()
      const inCookie = ['__anon_id=', '__user_id=ann'].map((text) => document.cookie.includes(text))
      return [...inCookie, localStorage.getItem('__user_id')]
    },
    differs: 'ids-in-cookies',
    gives: [false, false, '"ann"'],
    ours: [true, true, null],
    only: 'page',
  },
  {
    name: 'ids and events in the address',
    async run(create) {
      const { lines, plugin } = createLog()
      const { href } = location
      history.replaceState(null, '', '?an_uid=mallory&an_aid=visitor&an_event=evil&an_prop_a=1&an_trait_b=2')
      const client = create({ plugins: [plugin('one', 'track identify')] })
      await pause(60)
      history.replaceState(null, '', href)
      return [client.user('userId'), client.user('anonymousId') === 'visitor', lines.sort()]
    },
    differs: 'ids-from-address',
    gives: ['mallory', true, ['one.identify', 'one.track']],
    ours: [null, false, []],
    only: 'page',
  },
  {
    name: 'trackStart of a plugin that is not loaded',
    async run(create) {
      let seen: unknown
      const client = create({
        plugins: [
          { name: 'one', loaded: () => false, trackStart: () => ({ options: { added: 1 } }) },
          { name: 'two', track: ({ payload }: Told) => void (seen = payload.options) },
        ],
      })
      await pause()
      await client.track('x')
      return seen
    },
    differs: 'start-hooks-never-wait',
    gives: {},
    ours: { added: 1 },
  },
  {
    name: 'order and users of calls that waited for a plugin',
    async run(create) {
      let isLoaded = false
      const seen: unknown[] = []
      const take = ({ payload }: Told) => void seen.push([payload.event ?? payload.type, payload.userId ?? null])
      const client = create({ plugins: [{ name: 'one', track: take, identify: take, loaded: () => isLoaded }] })
      await client.track('a')
      await client.identify('ann')
      await client.track('b')
      await client.identify('ben')
      await client.track('c')
      isLoaded = true
      await pause(60)
      return seen
    },
    differs: 'waiting-calls',
    ours: [
      ['a', null],
      ['identify', 'ann'],
      ['b', 'ann'],
      ['identify', 'ben'],
      ['c', 'ben'],
    ],
  },
  {
    name: 'the history of 120 calls',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      for (let count = 0; count < 120; count++) await client.track('x')
      return (client.getState('track.history') as unknown[]).length
    },
    differs: 'bounded-history',
    gives: 120,
    ours: 100,
  },
  {
    name: 'enabling a plugin that does not exist',
    async run(create) {
      const told: unknown[] = []
      const client = create({ plugins: [{ name: 'one' }] })
      client.on('error', ({ payload }: Told) => told.push(payload.error))
      await pause()
      await outcome(client.plugins.enable('typo'))
      return [!!client.getState('plugins.typo'), told]
    },
    differs: 'unknown-plugins',
    gives: [true, []],
    ours: [false, ['no plugin named typo']],
  },
  {
    name: 'a function for a plugin',
    run(create) {
      const middleware = () => (next: (action: unknown) => unknown) => (action: unknown) => next(action)
      try {
        create({ plugins: [middleware] })
        return 'taken'
      } catch (error) {
        return (error as Error).message
      }
    },
    differs: 'middleware',
    gives: 'taken',
    ours: '[firsthand] plugins: each needs a name',
  },
  {
    name: 'the context in the state',
    async run(create) {
      const client = create({ app: 'site', plugins: [{ name: 'one', track() {} }] })
      await pause()
      const early = client.getState('context.sessionId')
      await client.track('x')
      const { library, sessionId } = client.getState('context') as Record<string, Values>
      return [library?.name, typeof early, typeof sessionId]
    },
    differs: 'context-state',
    gives: ['analytics', 'string', 'string'],
    ours: ['firsthand', 'object', 'string'],
  },
  {
    name: 'the system in the state of a page',
    run: (create) => typeof create().getState('context.os'),
    only: 'page',
    differs: 'context-state',
    gives: 'object',
    ours: 'undefined',
  },
  {
    name: 'params in Node, where there is no address',
    async run(create) {
      const { lines, listen } = createLog()
      listen(create({ plugins: [{ name: 'one' }] }), 'params')
      await pause(60)
      return lines
    },
    only: 'node',
    differs: 'params-of-nothing',
    gives: ['on params'],
    ours: [],
  },
  {
    name: 'more members than analytics has',
    run: (create) => Object.keys(create()).length > 16,
    differs: 'more-members',
    gives: false,
    ours: true,
  },
]
