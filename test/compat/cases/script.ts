import type { Case } from '../case'
import { type Step, transcribe } from '../transcript'

const nothing = () => {}

/** Calls whose effects both libraries agree on. */
const steps: Step[] = [
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

const plugins = () => [
  { name: 'one', config: { key: 'k' }, page() {}, track() {}, trackEnd() {}, identify() {}, reset() {}, custom() {} },
  {
    name: 'two',
    initialize() {},
    pageStart: () => ({ options: { gate: 1 } }),
    page() {},
    track() {},
    'track:one': () => ({ added: true }),
    'identify:one': () => ({ x: 1 }),
    resetEnd() {},
  },
  { name: 'off', enabled: false, track() {} },
]

/** One visitor's way through the API. */
export const scriptCases: Case[] = [
  {
    name: 'a script of calls: payloads, events, hooks and results of each',
    run: (create) => transcribe(create, plugins(), steps),
  },
]
