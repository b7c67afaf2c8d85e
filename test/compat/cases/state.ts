import { type Case, createLog, pause, plain, type Told, type Values } from '../case'

export const stateCases: Case[] = [
  {
    name: 'getState() and paths into it',
    async run(create) {
      const client = create({
        app: 'site',
        version: 2,
        debug: false,
        more: { of: 'it' },
        plugins: [{ name: 'one', config: { key: 'k' }, initialize() {} }],
      })
      await client.page()
      await client.track('x', { a: 1 }, { o: 1 })
      await pause()
      const paths =
        'context.app context.version context.debug context.initialized context.offline context.more.of plugins.one.enabled plugins.one.config.key plugins.one plugins.none track.last track.history queue.actions nothing nothing.at.all'
      return paths.split(' ').map((path) => [path, plain(client.getState(path))])
    },
  },
  {
    name: 'the last page and its history',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', page() {} }] })
      await client.page({ a: 1 })
      await client.page({ a: 2 }, { o: 1 })
      const { last, history } = client.getState('page') as { last: Values; history: Values[] }
      return plain([Object.keys(last).sort(), last.options, history.length, history.map(({ meta }) => ({ meta }))])
    },
  },
  {
    name: 'getState() is another object each time, its members are the state itself',
    run: (create) => {
      const client = create({ app: 'site' })
      return [client.getState() !== client.getState(), client.getState('context') === client.getState('context')]
    },
    gives: [true, true],
  },
  {
    name: 'what is changed in getState() is changed in the state',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      await client.track('x')
      const state = client.getState('track') as Values
      state.history = []
      return client.getState('track.history')
    },
    gives: [],
  },
  {
    name: 'keys of the state',
    run: (create) =>
      Object.keys(create().getState() as Values)
        .filter((key) => key !== 'delivery')
        .sort(),
    gives: ['context', 'page', 'plugins', 'queue', 'track', 'user'],
  },
  {
    name: 'user() and paths into it',
    async run(create) {
      const client = create()
      const paths = [
        'userId',
        'id',
        'anonymousId',
        'anonId',
        'traits',
        'traits.company.name',
        'traits.none.name',
        'none',
      ]
      const shown = () => [
        Object.keys(client.user() as Values).sort(),
        ...paths.map((path) => plain(client.user(path))),
      ]
      await client.identify('ann', { company: { name: 'Northyard' } })
      return shown()
    },
  },
  {
    name: 'user() of an anonymous visitor',
    async run(create) {
      const client = create()
      await pause()
      return plain([client.user(), client.getState('user.userId')])
    },
    differs: 'empty-user',
    ours: [{ anonymousId: '(id)', traits: {}, userId: null }, null],
  },
  {
    name: 'initialUser',
    async run(create) {
      const client = create({
        initialUser: { userId: 'ann', anonymousId: 'visitor', traits: { a: 1 } },
        plugins: [{ name: 'one', track() {} }],
      })
      const early = plain(client.user())
      const { payload } = await client.track('x')
      return [early, plain(client.user()), payload.userId, payload.anonymousId]
    },
  },
  {
    name: 'initialUser with a part',
    async run(create) {
      const client = create({ initialUser: { traits: { a: 1 } } })
      await pause()
      await client.identify('ann', { b: 1 })
      return plain(client.user())
    },
  },
  {
    name: 'storage: setItem, getItem, removeItem',
    async run(create) {
      const client = create({ plugins: [{ name: 'one' }] })
      const { setItem, getItem, removeItem } = client.storage
      const values = ['text', { a: [1] }, 5, false, '{"a":1}', '5']
      const results: unknown[] = [setItem('none', 1)]
      for (const value of values) {
        setItem('key', value)
        await pause(5)
        results.push(getItem('key'))
      }
      results.push(removeItem('key'))
      await pause(5)
      return plain([...results, getItem('key') ?? null, getItem('never') ?? null])
    },
  },
  {
    name: 'storage: a place for each call',
    async run(create) {
      const { storage } = create({ plugins: [{ name: 'one' }] })
      const results: unknown[] = []
      for (const place of ['cookie', 'localStorage', 'sessionStorage', 'global']) {
        storage.setItem('key', place, { storage: place })
        await pause(5)
        results.push([storage.getItem('key', { storage: place }), storage.getItem('key', place)])
      }
      results.push(localStorage.getItem('key'), sessionStorage.getItem('key'), /key=[^;]*cookie/.test(document.cookie))
      storage.removeItem('key', { storage: 'cookie' })
      await pause(5)
      results.push(/key=[^;]*cookie/.test(document.cookie), storage.getItem('key', 'localStorage'))
      return plain(results)
    },
    only: 'page',
  },
  {
    name: 'storage: a text that looks like another value',
    async run(create) {
      const { storage } = create({ plugins: [{ name: 'one' }] })
      storage.setItem('key', 'true')
      await pause(5)
      return storage.getItem('key')
    },
    only: 'page',
    differs: 'stored-text',
    gives: true,
    ours: 'true',
  },
  {
    name: 'storage: a value that is in another place than the one that is asked',
    async run(create) {
      const { storage } = create({ plugins: [{ name: 'one' }] })
      storage.setItem('key', 'value', 'global')
      await pause(5)
      return plain(storage.getItem('key', 'cookie') ?? null)
    },
    only: 'page',
    differs: 'one-place',
    gives: 'value',
    ours: null,
  },
  {
    name: 'storage: a cookie of other software for the whole site is removed',
    async run(create) {
      document.cookie = '_cio=1; path=/'
      const { storage } = create({ plugins: [{ name: 'one' }] })
      storage.removeItem('_cio', { storage: 'cookie' })
      await pause()
      return /_cio/.test(document.cookie)
    },
    only: 'page',
    differs: 'cookies-for-the-site',
    gives: true,
    ours: false,
  },
  {
    name: 'storage of the page: plugins keep their own',
    async run(create) {
      const items = new Map<string, unknown>()
      const storage = {
        getItem: (key: string) => items.get(key),
        setItem: (key: string, value: unknown) => void items.set(key, value),
        removeItem: (key: string) => void items.delete(key),
      }
      const client = create({ storage, plugins: [{ name: 'one' }] })
      await client.identify('ann', { a: 1 })
      await pause()
      const known = ['__anon_id', '__user_id', '__user_traits'].map((key) => plain(items.get(key)))
      client.storage.setItem('key', 'value')
      await pause()
      known.push(items.get('key'))
      await client.reset()
      await pause()
      return [known, [...items.keys()].filter((key) => !key.startsWith('__fh'))]
    },
  },
  {
    name: 'storage: null keeps everything in memory',
    async run(create) {
      const client = create({ storage: null, plugins: [{ name: 'one' }] })
      await client.identify('ann', { a: 1 })
      await pause()
      const kept = document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)
      return [/ann/.test(kept), client.user('userId'), plain(client.user('traits'))]
    },
    only: 'page',
    gives: [false, 'ann', { a: 1 }],
  },
  {
    name: 'setItemStart may change what is stored',
    async run(create) {
      const client = create({
        plugins: [
          {
            name: 'one',
            setItemStart: ({ payload }: Told) => (payload.key === 'key' ? { value: `${payload.value}!` } : undefined),
          },
        ],
      })
      client.storage.setItem('key', 'value')
      await pause()
      return client.storage.getItem('key')
    },
    gives: 'value!',
  },
  {
    name: 'hooks of removeItem',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({ plugins: [plugin('one', 'removeItemStart removeItem removeItemEnd')] })
      client.storage.setItem('key', 'value')
      await pause()
      lines.length = 0
      client.storage.removeItem('key')
      await pause()
      return [lines, client.storage.getItem('key') ?? null]
    },
    gives: [['one.removeItemStart', 'one.removeItem', 'one.removeItemEnd'], null],
  },
  {
    name: 'setAnonymousId',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      await pause()
      client.setAnonymousId('visitor')
      await pause()
      const { payload } = await client.track('x')
      return [client.user('anonymousId'), client.storage.getItem('__anon_id'), payload.anonymousId]
    },
    gives: ['visitor', 'visitor', 'visitor'],
  },
  {
    name: 'setAnonymousId takes effect inside the call',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      await pause()
      client.setAnonymousId('visitor')
      return client.user('anonymousId') === 'visitor'
    },
    differs: 'set-anonymous-id',
    gives: false,
    ours: true,
  },
  {
    name: 'reset forgets ids and traits, then user() has none',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', track() {} }] })
      await client.identify('ann', { a: 1 })
      const { payload } = await client.reset()
      await pause()
      const stored = ['__anon_id', '__user_id', '__user_traits'].map((key) => client.storage.getItem(key) ?? null)
      return [plain(client.user()), stored, payload.type, client.user('anonymousId') ?? null]
    },
  },
  {
    name: 'traits of one user add up',
    async run(create) {
      const client = create({ plugins: [{ name: 'one', identify() {} }] })
      await client.identify('ann', { a: 1 })
      await client.identify('ann', { b: 2 })
      await client.identify({ c: 3 })
      return plain(client.user('traits'))
    },
    gives: { a: 1, b: 2, c: 3 },
  },
  {
    name: 'the visitor survives a reload',
    async run(create) {
      const first = create({ plugins: [{ name: 'one' }] })
      await first.identify('ann', { a: 1 })
      await pause()
      const second = create({ plugins: [{ name: 'one' }] })
      return [
        second.user('userId'),
        plain(second.user('traits')),
        second.user('anonymousId') === first.user('anonymousId'),
      ]
    },
    only: 'page',
    gives: ['ann', { a: 1 }, true],
  },
  {
    name: 'page data of the browser, under what the caller gives',
    async run(create) {
      const { lines } = createLog()
      const client = create({
        plugins: [
          {
            name: 'one',
            page: ({ payload }: Told) => void lines.push(...Object.keys(payload.properties as Values).sort()),
          },
        ],
      })
      const { payload } = await client.page({ title: 'Mine', more: 1 })
      return [lines, plain(payload.properties)]
    },
    only: 'page',
  },
  ...[
    'https://www.example.com/canonical/path',
    'https://www.example.com/canonical?kept=1#hash',
    '/relative/path',
    'relative',
    'https://www.example.com',
  ].map(
    (href): Case => ({
      name: `page data with the canonical address ${href}`,
      async run(create) {
        const link = document.createElement('link')
        link.rel = 'canonical'
        link.setAttribute('href', href)
        document.head.append(link)
        const { payload } = await create({ plugins: [{ name: 'one', page() {} }] }).page()
        link.remove()
        return plain(payload.properties)
      },
      only: 'page',
    }),
  ),
  ...[
    '?utm_source=news&utm_campaign=spring&utm_custom=x&gclid=abc&dclid=def&fbclid=no&other=1',
    '?gclid=abc',
    '?other=1&utm_source=a%20b+c',
    '?utm_term=shoes#utm_source=no',
  ].map(
    (address): Case => ({
      name: `params and campaign of ${address}`,
      async run(create) {
        const told: Values = {}
        const { href } = location
        history.replaceState(null, '', address)
        const client = create({ plugins: [{ name: 'one' }] })
        for (const name of ['params', 'campaign']) {
          client.on(name, ({ payload }: Told) => void (told[name] = plain(payload)))
        }
        await pause(60)
        history.replaceState(null, '', href)
        return [told, plain(client.getState('context.campaign'))]
      },
      only: 'page',
    }),
  ),
  {
    name: 'a repeated and an empty parameter of the address',
    async run(create) {
      const { href } = location
      history.replaceState(null, '', '?utm_source=first&utm_source=second&utm_term=')
      const client = create({ plugins: [{ name: 'one' }] })
      await pause(60)
      history.replaceState(null, '', href)
      return plain(client.getState('context.campaign'))
    },
    only: 'page',
    differs: 'campaign-values',
    ours: { source: 'first' },
  },
  {
    name: 'the order of params and campaign, and how often they are told',
    async run(create) {
      const { lines, listen } = createLog()
      const { href } = location
      history.replaceState(null, '', '?utm_source=news')
      listen(create({ plugins: [{ name: 'one' }] }), 'params campaign')
      await pause(60)
      history.replaceState(null, '', href)
      return lines
    },
    only: 'page',
    differs: 'campaign-once',
    ours: ['on params', 'on campaign'],
  },
]
