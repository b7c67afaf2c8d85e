const phases = <Name extends string>(name: Name) =>
  [`${name}Start`, name, `${name}End`, `${name}Aborted`] as [`${Name}Start`, Name, `${Name}End`, `${Name}Aborted`]

/** Lifecycle events of `analytics`, in its order. `dispatch` refuses these names. */
export const coreEvents = [
  'bootstrap',
  'params',
  'campaign',
  'initializeStart',
  'initialize',
  'initializeEnd',
  'ready',
  'resetStart',
  'reset',
  'resetEnd',
  ...phases('page'),
  ...phases('track'),
  ...phases('identify'),
  'userIdChanged',
  'registerPlugins',
  'enablePlugin',
  'disablePlugin',
  'online',
  'offline',
  ...phases('setItem'),
  ...phases('removeItem'),
] as const

export type CoreEvent = (typeof coreEvents)[number]

const createEvents = () => ({
  registerPluginType: (name: string) => `registerPlugin:${name}`,
  pluginReadyType: (name: string) => `ready:${name}`,
  ...(Object.fromEntries(coreEvents.map((name) => [name, name])) as { [Name in CoreEvent]: Name }),
})

/** Names of all lifecycle events, and two functions that make the names of events about one plugin. */
// Marked, so that bundlers leave it out where nobody imports it.
export const EVENTS = /* @__PURE__ */ createEvents()
