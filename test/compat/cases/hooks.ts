import { type Case, type CreateClient, createLog, outcome, pause, plain, type Told, type Values } from '../case'

/** What three plugins and the caller come to see of one `track`. */
async function traced(create: CreateClient, hooks: Values[], options: Values = {}) {
  const { lines, say, plugin } = createLog()
  const taker = (name: string) => ({
    ...plugin(name, 'trackEnd trackAborted'),
    track: ({ payload }: Told) => say(`${name} got ${JSON.stringify(plain({ ...payload, meta: undefined }))}`),
  })
  const client = create({ plugins: [...hooks, taker('b'), taker('c')] })
  await pause()
  client.on('*', ({ payload }: Told) => say(`on ${payload.type}`))
  for (const name of ['b', 'c']) client.on(`track:${name}`, () => say(`on track:${name}`))
  for (const name of ['b', 'c']) client.on(`trackAborted:${name}`, () => say(`on trackAborted:${name}`))
  const result = await outcome(client.track('x', { a: 1 }, options))
  // Whoever is not told of the end may still be told of something a little later.
  await pause(5)
  return { lines, result: plain(result) }
}

const gate = (hook: string, act: (told: Told) => unknown, more: Values = {}) => [{ name: 'a', [hook]: act, ...more }]

export const enrichmentCases: Case[] = [
  {
    name: 'enrichment: what trackStart returns reaches the next hook, all plugins and the caller',
    run: (create) =>
      traced(create, [
        { name: 'a', trackStart: () => ({ options: { added: 1 }, more: 'a' }) },
        { name: 'z', trackStart: ({ payload }: Told) => ({ seen: payload.more }) },
      ]),
  },
  {
    name: 'enrichment: an asynchronous trackStart',
    run: (create) =>
      traced(create, [
        {
          name: 'a',
          trackStart: async ({ payload }: Told) => ({ properties: { ...(payload.properties as Values), b: 2 } }),
        },
      ]),
  },
  {
    name: 'enrichment: what a hook returns beside objects counts for nothing',
    run: (create) =>
      traced(
        create,
        gate('trackStart', () => 'text' as never),
      ),
  },
  {
    name: 'enrichment: what track returns does not reach the plugins after it',
    run: (create) =>
      traced(
        create,
        gate('track', () => ({ added: 1 })),
      ),
  },
  {
    name: 'enrichment: track:b reaches b alone',
    run: (create) =>
      traced(
        create,
        gate('track:b', () => ({ added: 1, properties: { own: 'b' } })),
      ),
  },
  {
    name: 'enrichment: several plugins with track:b, each after the other',
    run: (create) =>
      traced(create, [
        { name: 'a', 'track:b': () => ({ one: 1 }) },
        { name: 'z', 'track:b': async ({ payload }: Told) => ({ two: payload.one }) },
      ]),
  },
  {
    name: 'enrichment: trackStart:b in front of b, where b has trackStart',
    async run(create) {
      const seen: unknown[] = []
      const client = create({
        plugins: [
          { name: 'a', 'trackStart:b': () => ({ added: 1 }) },
          { name: 'b', trackStart: ({ payload }: Told) => void seen.push(payload.added), track() {} },
          { name: 'c', track: ({ payload }: Told) => void seen.push(plain(payload.added)) },
        ],
      })
      await client.track('x')
      return plain(seen)
    },
  },
  {
    name: 'enrichment: what trackEnd returns reaches the caller',
    run: (create) => traced(create, [{ name: 'a', trackEnd: () => ({ added: 1 }) }]),
  },
  {
    name: 'enrichment: identifyStart may change the user',
    async run(create) {
      const client = create({
        plugins: [
          { name: 'a', identifyStart: () => ({ userId: 'changed', traits: { b: 2 } }) },
          { name: 'b', identify() {} },
        ],
      })
      const { payload } = await client.identify('ann', { a: 1 })
      await pause()
      return plain([payload, client.user('userId'), client.user('traits'), client.storage.getItem('__user_id')])
    },
  },
  {
    name: 'enrichment: page:b, identify:b',
    async run(create) {
      const seen: unknown[] = []
      const hook = ({ payload }: Told) => void seen.push([payload.type, payload.added])
      const added = () => ({ added: 1 })
      const client = create({
        plugins: [
          { name: 'a', 'page:b': added, 'identify:b': added },
          { name: 'b', page: hook, identify: hook },
          { name: 'c', page: hook, identify: hook },
        ],
      })
      await client.page()
      await client.identify('ann')
      return plain(seen)
    },
  },
]

const abortForms: Record<string, Values[]> = {
  'abort() in trackStart by a plugin without track': gate('trackStart', ({ abort }) => abort('no')),
  'abort() with one name in trackStart': gate('trackStart', ({ abort }) => abort('no', ['b'])),
  'abort() with a name that nobody has': gate('trackStart', ({ abort }) => abort('no', ['nobody'])),
  '{ abort: { plugins } } from trackStart': gate('trackStart', () => ({ abort: { plugins: ['c'] } })),
  '{ abort: { plugins } } from track': gate('track', () => ({ abort: { plugins: ['b'] } })),
  'abort() in track:b': gate('track:b', ({ abort }) => abort('no')),
  'asynchronous abort() in trackStart': gate('trackStart', async ({ abort }) => abort('no', ['b'])),
}

export const abortCases: Case[] = [
  ...Object.entries(abortForms).map(([name, plugins]): Case => ({ name, run: (create) => traced(create, plugins) })),
  {
    name: '{ abort: true } from track stops those after it',
    run: (create) =>
      traced(
        create,
        gate('track', () => ({ abort: true })),
      ),
    differs: 'aborted-once',
    ours: (theirs: { lines: string[] }) => ({ ...theirs, lines: [...new Set(theirs.lines)] }),
  },
  {
    name: '{ abort: true } from trackStart',
    run: async (create) => {
      const { lines, result } = await traced(
        create,
        gate('trackStart', () => ({ abort: true })),
      )
      const { type } = result as Values
      return { took: lines.filter((line) => / got /.test(line)), aborted: lines.includes('on trackAborted'), type }
    },
    differs: 'aborted-calls-settle',
    ours: { took: [], aborted: true, type: 'trackEnd' },
  },
  {
    name: 'abort() by a plugin that has track itself',
    run: async (create) => {
      const { lines, result } = await traced(
        create,
        gate('trackStart', ({ abort }) => abort('no'), { track() {} }),
      )
      const { type } = result as Values
      return { took: lines.filter((line) => / got /.test(line)), aborted: lines.includes('on trackAborted'), type }
    },
    differs: 'aborted-calls-settle',
    ours: { took: [], aborted: true, type: 'trackEnd' },
  },
  {
    name: 'what an aborted identify leaves',
    async run(create) {
      const client = create({
        plugins: [
          { name: 'gate', identifyStart: ({ abort }: Told) => abort('no') },
          { name: 'b', identify() {} },
        ],
      })
      await pause()
      const result = await outcome(client.identify('ann', { a: 1 }))
      await pause()
      return [plain(result), client.user('userId')]
    },
    differs: 'aborted-identify',
    ours: ([result]: unknown[]) => [result, null],
  },
]

const choices: Record<string, Values> = {
  'none named': {},
  'all: false': { all: false },
  'all: false, one chosen': { all: false, b: true },
  'one left out': { b: false },
  'all: true': { all: true },
  'all: true, one left out': { all: true, c: false },
  'a name that nobody has': { nobody: true },
}

export const choiceCases: Case[] = [
  ...Object.entries(choices).map(
    ([name, plugins]): Case => ({
      name: `options.plugins: ${name}`,
      run: (create) => traced(create, [{ name: 'a', trackStart() {}, track() {} }], { plugins }),
    }),
  ),
  {
    name: 'options.plugins for page and identify',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({ plugins: [plugin('one', 'page identify'), plugin('two', 'page identify')] })
      await client.page({}, { plugins: { one: false } })
      await client.identify('ann', {}, { plugins: { all: false, one: true } })
      return lines
    },
    gives: ['two.page', 'one.identify'],
  },
  {
    name: 'options.plugins: a disabled plugin that is named waits until it is enabled',
    async run(create) {
      const { lines, plugin } = createLog()
      const client = create({ plugins: [plugin('one', 'track'), plugin('two', 'track', { enabled: false })] })
      await pause()
      await client.track('x', {}, { plugins: { all: false, two: true } })
      const before = lines.length
      await client.plugins.enable('two')
      await pause(60)
      return { before, lines }
    },
    gives: { before: 0, lines: ['two.track'] },
  },
]
