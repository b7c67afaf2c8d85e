import type { Step } from './transcript'

const nothing = () => {}

/** Calls whose effects both libraries agree on. */
export const plainSteps: Step[] = [
  { name: 'page', run: (client) => client.page() },
  { name: 'page with properties and options', run: (client) => client.page({ title: 'Prices' }, { source: 'menu' }) },
  { name: 'page with a callback', run: (client) => client.page(nothing) },
  { name: 'track', run: (client) => client.track('buttonClicked') },
  {
    name: 'track with properties',
    run: (client) => client.track('buttonClicked', { label: 'Start', deep: { a: [1] } }),
  },
  { name: 'track with an object', run: (client) => client.track({ event: 'buttonClicked', label: 'Start' }) },
  { name: 'track without a name', run: (client) => client.track() },
  { name: 'track with a number for a name', run: (client) => client.track(5) },
  { name: 'track with a callback at the end', run: (client) => client.track('x', {}, {}, nothing) },
  { name: 'track for one plugin', run: (client) => client.track('x', {}, { plugins: { all: false, two: true } }) },
  { name: 'track without one plugin', run: (client) => client.track('x', {}, { plugins: { one: false } }) },
  {
    name: 'track with a user id among the properties',
    run: (client) => client.track('x', { userId: 'from-properties' }),
  },
  { name: 'identify', run: (client) => client.identify('userid-123', { plan: 'team' }) },
  { name: 'identify again', run: (client) => client.identify('userid-123', { seats: 3 }) },
  { name: 'identify with traits alone', run: (client) => client.identify({ name: 'Ann' }) },
  { name: 'track when known', run: (client) => client.track('x', { userId: 'ignored' }) },
  { name: 'dispatch', run: (client) => client.dispatch({ type: 'custom', value: 1 }) },
  { name: 'dispatch a name', run: (client) => client.dispatch('custom') },
  { name: 'storage', run: (client) => client.storage.setItem('key', { a: 1 }) },
  { name: 'storage removed', run: (client) => client.storage.removeItem('key') },
  { name: 'disable', run: (client) => client.plugins.disable('two') },
  { name: 'track when disabled', run: (client) => client.track('x') },
  { name: 'reset', run: (client) => client.reset() },
  { name: 'set an anonymous id', run: (client) => client.setAnonymousId('anonymous-9') },
  { name: 'track with the new anonymous id', run: (client) => client.track('x') },
]

type Abort = (reason?: string, plugins?: string[]) => unknown
type Argument = { abort: Abort; payload: Record<string, unknown> }

const taker = (name: string, hooks: object = {}) => ({ name, track() {}, trackEnd() {}, ...hooks })

/** `differs` names the row of the table where the two are not equal; then ours is theirs without repetitions. */
export const abortCases: { name: string; plugins(): Record<string, unknown>[]; differs?: string }[] = [
  {
    name: 'abort() in trackStart by a plugin without track',
    plugins: () => [{ name: 'gate', trackStart: ({ abort }: Argument) => abort('no') }, taker('b')],
  },
  {
    name: 'abort() with names in trackStart',
    plugins: () => [{ name: 'gate', trackStart: ({ abort }: Argument) => abort('no', ['b']) }, taker('b'), taker('c')],
  },
  {
    name: '{ abort: { plugins } } from track',
    plugins: () => [taker('a', { track: () => ({ abort: { plugins: ['b'] } }) }), taker('b'), taker('c')],
  },
  {
    name: '{ abort: true } from track',
    plugins: () => [taker('a', { track: () => ({ abort: true }) }), taker('b'), taker('c')],
    differs: 'aborted-once',
  },
  {
    name: 'abort() in track:b',
    plugins: () => [{ name: 'e', 'track:b': ({ abort }: Argument) => abort('no') }, taker('b'), taker('c')],
  },
  {
    name: 'a value returned from track reaches the result',
    plugins: () => [taker('a', { track: () => ({ added: 1 }) }), taker('b')],
  },
  {
    name: 'a value returned from trackStart reaches everybody',
    plugins: () => [
      taker('a', {
        trackStart: ({ payload }: Argument) => ({ properties: { ...(payload.properties as object), z: 1 } }),
      }),
      taker('b', { trackStart: async () => ({ options: { later: true } }) }),
    ],
  },
]
