import * as originalEntry from 'analytics'
import { describe, expect, it } from 'vitest'
import { Analytics, CONSTANTS, EVENTS } from '../../src/node/index'
import { differences } from './differences'
import { abortCases, plainSteps } from './scenarios'
import { type CreateClient, transcribe } from './transcript'

// Its types leave out what it exports beside the function.
const {
  Analytics: Original,
  CONSTANTS: originalConstants,
  EVENTS: originalEvents,
} = originalEntry as unknown as { Analytics: CreateClient; CONSTANTS: object; EVENTS: object }
const original = Original
const ours = Analytics as unknown as CreateClient

const plugins = () => [
  { name: 'one', config: { key: 'k' }, page() {}, track() {}, trackEnd() {}, identify() {}, reset() {}, custom() {} },
  { name: 'two', initialize() {}, page() {}, track() {}, 'track:one': () => ({ added: true }), resetEnd() {} },
  { name: 'off', enabled: false, track() {} },
]

describe('the same calls on analytics and on firsthand, in Node', () => {
  it('make the same payloads, events, hook calls and results', async () => {
    const theirs = await transcribe(original, plugins(), plainSteps)
    const mine = await transcribe(ours, plugins(), plainSteps)
    for (const [index, step] of mine.entries()) expect(step, step.name).toEqual(theirs[index])
    expect(mine.flatMap(({ heard, hooks }) => [...heard, ...hooks]).length).toBeGreaterThan(100)
  })

  it.each(abortCases)('abort alike: $name', async ({ plugins, differs }) => {
    const steps = [{ name: 'track', run: (client: Parameters<(typeof plainSteps)[0]['run']>[0]) => client.track('x') }]
    const [theirs] = await transcribe(original, plugins(), steps)
    const [mine] = await transcribe(ours, plugins(), steps)
    if (differs) {
      expect(differences.map(({ id }) => id)).toContain(differs)
      const once = [...new Set(theirs?.heard)]
      expect(mine?.heard).toEqual(once)
    } else expect(mine).toEqual(theirs)
  })

  it('have the same instance keys, ours behind theirs', () => {
    const keys = Object.keys(ours({}))
    const theirs = Object.keys(original({}))
    expect(keys.slice(0, theirs.length)).toEqual(theirs)
    expect(keys.slice(theirs.length)).toEqual(['flush', 'close'])
  })

  it('have the same event names, constants and list of events', () => {
    expect(Object.keys(EVENTS).sort()).toEqual(Object.keys(originalEvents).sort())
    expect(JSON.stringify(EVENTS)).toBe(JSON.stringify(originalEvents))
    expect(EVENTS.pluginReadyType('x')).toBe('ready:x')
    expect(EVENTS.registerPluginType('x')).toBe('registerPlugin:x')
    expect({ ...CONSTANTS }).toEqual({ ...originalConstants })
    const events = (create: CreateClient) => (create({ plugins: plugins() }) as unknown as { events: object }).events
    expect(events(ours)).toEqual(events(original))
  })

  it('show the same state, but for what the table names', async () => {
    const shapes = await Promise.all(
      [original, ours].map(async (create) => {
        const client = create({ app: 'site', version: 2, extra: 'shown', plugins: plugins() })
        await client.track('x', { a: 1 })
        const { context, delivery, ...state } = client.getState() as Record<string, Record<string, unknown>>
        const { library, sessionId, os, userAgent, timezone, locale, referrer, ...same } = context as Record<
          string,
          unknown
        >
        return {
          ...state,
          user: Object.keys(state.user ?? {}).sort(),
          track: Object.keys(state.track ?? {}),
          context: same,
        }
      }),
    )
    expect(shapes[1]).toEqual(shapes[0])
  })

  it('throw the same words for reserved actions and bootstrap listeners', () => {
    for (const create of [original, ours]) {
      const client = create({})
      expect(() => client.dispatch('trackStart')).toThrow('reserved action trackStart')
      expect(() => client.on('bootstrap', () => {})).toThrow('.on disabled for bootstrap')
      expect(client.on('x', undefined as never)).toBe(false)
    }
  })
})

describe('the table of differences', () => {
  it('names each difference once, with both sides and a reason', () => {
    expect(new Set(differences.map(({ id }) => id)).size).toBe(differences.length)
    for (const row of differences) for (const text of Object.values(row)) expect(text).not.toBe('')
  })
})
