import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as originalEntry from 'analytics'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { urlParameters } from '../../plugins/url-parameters'
import { createClient } from '../../src/core/client'
import type { Plugin } from '../../src/core/plugin'
import { Analytics } from '../../src/node/index'
import { createFakePlatform } from '../helpers/fake-platform'
import { type CreateClient, outcome, pause, type Told, type Values } from './case'
import { row } from './differences'

const original = (originalEntry as unknown as { Analytics: CreateClient }).Analytics
const ours = Analytics as unknown as CreateClient

/** Events and users as the plugin's hooks saw them. */
function createTaker(more: Values = {}) {
  const seen: unknown[] = []
  const take = ({ payload }: Told) => void seen.push([payload.event ?? payload.type, payload.userId ?? null])
  return { seen, plugin: { name: 'taker', track: take, identify: take, ...more } }
}

const anonymousIdOf = async (client: ReturnType<CreateClient>) => (await client.track('x')).payload.anonymousId

beforeEach(() => {
  Object.assign(globalThis, { __global__: {} })
})

describe('what analytics gets wrong and firsthand does not', () => {
  it('two clients in one process are two visitors', async () => {
    const users = []
    for (const create of [original, ours]) {
      await create({ plugins: [createTaker().plugin] }).identify('ann', { email: 'ann@example.com' })
      await pause()
      const { userId = null, traits } = create({}).user() as Values
      users.push([userId, (traits as Values).email])
    }
    expect(users, row('isolated-clients').id).toEqual([
      ['ann', 'ann@example.com'],
      [null, undefined],
    ])
  })

  describe('a plugin', () => {
    const failures = {
      throws: () => {
        throw new Error('broken')
      },
      rejects: () => Promise.reject(new Error('broken')),
      'never comes to an end': () => new Promise(() => {}),
    }

    const program = (hook: string) => `
      import { Analytics } from 'analytics'
      const bad = { name: 'bad', track() {}, ${hook} }
      const good = { name: 'good', track() { console.log('delivered') } }
      setTimeout(() => process.exit(), 300)
      Analytics({ plugins: [bad, good] }).track('x').then(() => console.log('settled'))
    `
    const runOriginal = (hook: string, ...flags: string[]) => {
      const cwd = fileURLToPath(new URL('.', import.meta.url))
      const args = [...flags, '--input-type=module', '--eval', program(hook)]
      const { status, stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
      return { status, stdout }
    }

    it('that throws ends the process of analytics, or hangs the call and starves the plugins after it', () => {
      const hook = "track() { throw new Error('broken') }"
      expect(runOriginal(hook), row('failing-hooks').id).toEqual({ status: 1, stdout: '' })
      expect(runOriginal(hook, '--unhandled-rejections=warn')).toEqual({ status: 0, stdout: '' })
    })

    it('may have a hook for itself', async () => {
      const { stdout } = runOriginal("'track:bad': () => ({ added: 1 })", '--unhandled-rejections=warn')
      expect(stdout, row('hooks-for-oneself').id).toBe('')
      const track = vi.fn()
      const client = ours({ plugins: [{ name: 'me', track, 'track:me': () => ({ added: 1 }) }] })
      expect(await outcome(client.track('x'))).toMatchObject({ type: 'trackEnd' })
      expect(track.mock.calls).toMatchObject([[{ payload: { added: 1 } }]])
    })

    for (const [name, fail] of Object.entries(failures)) {
      for (const hook of ['initialize', 'trackStart', 'track', 'trackEnd', 'track:taker']) {
        it(`whose ${hook} ${name} hangs nothing here, starves nobody and reaches "error"`, async () => {
          const { seen, plugin } = createTaker()
          const told: Values[] = []
          const ready = vi.fn()
          const client = ours({ hookTimeoutMs: 20, plugins: [{ name: 'bad', [hook]: fail }, plugin] })
          client.on('error', ({ payload }: Told) => told.push(payload))
          client.ready(ready)
          expect(await outcome(client.track('x'), 500)).toMatchObject({ type: 'trackEnd', event: 'x' })
          expect(seen).toEqual([['x', null]])
          await vi.waitFor(() => expect(told).toMatchObject([{ type: 'error', plugin: 'bad', hook }]))
          await vi.waitFor(() => expect(ready).toHaveBeenCalledOnce())
        })
      }
    }

    it('may throw in a listener, without an effect on the call', async () => {
      const { seen, plugin } = createTaker()
      const client = ours({ plugins: [plugin] })
      const told = vi.fn()
      client.on('error', told)
      client.on('trackStart', failures.throws)
      client.on('track', failures.rejects)
      expect(await outcome(client.track('x'))).toMatchObject({ type: 'trackEnd' })
      await pause()
      expect(seen).toEqual([['x', null]])
      expect(told).toHaveBeenCalledTimes(2)
    })
  })

  it('every promise settles, also of a call that is aborted for all', async () => {
    const results = []
    for (const create of [original, ours]) {
      const { plugin } = createTaker()
      const client = create({ plugins: [{ name: 'gate', trackStart: () => ({ abort: true }) }, plugin] })
      await pause()
      const called = vi.fn()
      const result = await outcome(client.track('x', {}, {}, called))
      results.push([result === 'pending', called.mock.calls.length])
    }
    expect(results, row('aborted-calls-settle').id).toEqual([
      [true, 0],
      [false, 1],
    ])
  })

  it.each(['page', 'track', 'identify', 'reset', 'plugins.enable', 'plugins.disable'])(
    'the promise of %s settles after an abort',
    async (name) => {
      const abort = () => ({ abort: true })
      const gate = Object.fromEntries(
        [
          'pageStart',
          'trackStart',
          'identifyStart',
          'resetStart',
          'enablePlugin',
          'initializeStart',
          'disablePlugin',
        ].map((hook) => [hook, abort]),
      )
      const client = ours({ plugins: [{ name: 'gate', ...gate }, createTaker({ page() {}, reset() {} }).plugin] })
      await pause()
      const method = name.startsWith('plugins.')
        ? client.plugins[name.slice('plugins.'.length) as 'enable']
        : client[name as 'track']
      expect(await outcome(method('taker'))).not.toBe('pending')
    },
  )

  describe('order, and the user of the moment of the call', () => {
    const expected = [
      ['a', null],
      ['identify', 'ann'],
      ['b', 'ann'],
      ['identify', 'ben'],
      ['c', 'ben'],
    ]

    async function call(client: ReturnType<CreateClient>, options: Values = {}) {
      await client.track('a', {}, options)
      await client.identify('ann', {}, options)
      await client.track('b', {}, options)
      await client.identify('ben', {}, options)
      await client.track('c', {}, options)
    }

    it('are kept by calls made before a plugin is loaded', async () => {
      const results = []
      for (const create of [original, ours]) {
        let isLoaded = false
        const { seen, plugin } = createTaker({ loaded: () => isLoaded })
        await call(create({ plugins: [plugin] }))
        expect(seen).toEqual([])
        isLoaded = true
        await pause(60)
        results.push(seen)
      }
      expect(results[0], row('waiting-calls').id).not.toEqual(expected)
      expect(results[1]).toEqual(expected)
    })

    it('are kept by calls made offline', async () => {
      const platform = createFakePlatform()
      const { seen, plugin } = createTaker()
      const client = createClient({ plugins: [plugin] }, platform) as unknown as ReturnType<CreateClient>
      await platform.settle()
      platform.lifecycle.connect(false)
      await call(client)
      expect(seen).toEqual([])
      platform.lifecycle.connect(true)
      await platform.settle()
      expect(seen).toEqual(expected)
    })

    it('are kept by calls that name a plugin which is enabled later', async () => {
      const { seen, plugin } = createTaker({ enabled: false })
      const client = ours({ plugins: [plugin] })
      await call(client, { plugins: { taker: true } })
      expect(seen).toEqual([])
      await client.plugins.enable('taker')
      await pause()
      expect(seen).toEqual(expected)
    })

    it('are kept by calls that waited when their plugin was disabled, until it is enabled again', async () => {
      let isLoaded = false
      const { seen, plugin } = createTaker({ loaded: () => isLoaded })
      const client = ours({ plugins: [plugin] })
      await call(client)
      await client.plugins.disable('taker')
      isLoaded = true
      await pause(60)
      await client.track('while disabled')
      expect(seen).toEqual([])
      await client.plugins.enable('taker')
      await pause()
      expect(seen).toEqual(expected)
    })
  })

  describe('with a clock of its own', () => {
    beforeEach(() => void vi.useFakeTimers())
    afterEach(() => void vi.useRealTimers())

    it('a plugin that loads after more than ten seconds is picked up', async () => {
      const results = []
      for (const create of [original, ours]) {
        let isLoaded = false
        const { seen, plugin } = createTaker({ loaded: () => isLoaded })
        const client = create({ plugins: [plugin, { name: 'other' }] })
        const ready: unknown[] = []
        client.ready(({ payload }: Told) => ready.push(payload.failed))
        client.track('early')
        await vi.advanceTimersByTimeAsync(15_000)
        isLoaded = true
        await vi.advanceTimersByTimeAsync(10_000)
        client.track('late')
        await vi.advanceTimersByTimeAsync(10_000)
        results.push({ ready, events: seen.map((call) => (call as unknown[])[0]) })
      }
      expect(results, row('late-plugins').id).toEqual([
        { ready: [['taker']], events: [] },
        { ready: [['taker']], events: ['early', 'late'] },
      ])
    })
  })

  it('history is bounded', async () => {
    const lengths = []
    for (const create of [original, ours]) {
      const client = create({ plugins: [createTaker({ page() {} }).plugin] })
      for (let count = 0; count < 120; count++) await Promise.all([client.track('x'), client.page()])
      lengths.push(['page', 'track'].map((name) => (client.getState(`${name}.history`) as unknown[]).length))
    }
    expect(lengths, row('bounded-history').id).toEqual([
      [120, 120],
      [100, 100],
    ])
  })

  it('a numeric user id is a user id', async () => {
    const results = []
    for (const create of [original, ours]) {
      const { seen, plugin } = createTaker()
      const client = create({ plugins: [plugin] })
      await client.identify('ann')
      await client.identify(42, {})
      await client.track('x')
      results.push(seen)
    }
    expect(results, row('numeric-user-id').id).toEqual([
      [
        ['identify', 'ann'],
        ['identify', 'ann'],
        ['x', 'ann'],
      ],
      [
        ['identify', 'ann'],
        ['identify', '42'],
        ['x', '42'],
      ],
    ])
  })

  it('traits never cross users', async () => {
    const results = []
    for (const create of [original, ours]) {
      const client = create({ plugins: [createTaker().plugin] })
      await client.identify('ann', { email: 'ann@example.com' })
      await client.identify('ben', { plan: 'team' })
      await pause()
      results.push([client.user('traits'), client.storage.getItem('__user_traits')])
    }
    const mixed = { email: 'ann@example.com', plan: 'team' }
    expect(results, row('traits-of-another-user').id).toEqual([
      [mixed, mixed],
      [{ plan: 'team' }, { plan: 'team' }],
    ])
  })

  it('reset leads to a new anonymous id, at the next event and not before', async () => {
    const results = []
    for (const create of [original, ours]) {
      const client = create({ plugins: [createTaker().plugin] })
      const before = await anonymousIdOf(client)
      await client.reset()
      await pause()
      const between = client.user('anonymousId') ?? client.storage.getItem('__anon_id') ?? null
      const [after, then] = [await anonymousIdOf(client), await anonymousIdOf(client)]
      results.push({ between, isNew: !!after && after !== before, stays: !!after && then === after })
    }
    expect(results, row('anonymous-id-after-reset').id).toEqual([
      { between: null, isNew: false, stays: false },
      { between: null, isNew: true, stays: true },
    ])
  })

  it('ids and events in the address count for nothing, unless they are asked for', async () => {
    // What `analytics` makes of such an address, the case of row ids-from-address shows in pages.
    const visit = async (more: Plugin[]) => {
      const platform = createFakePlatform()
      platform.page.query = { an_uid: 'mallory', an_aid: 'forged', an_event: 'evil', an_prop_a: '1', an_trait_b: '2' }
      const { seen, plugin } = createTaker()
      const client = createClient({ plugins: [plugin, ...more] }, platform)
      await platform.settle()
      return { seen, forged: client.user('anonymousId') === 'forged', userId: client.user('userId') }
    }
    expect(await visit([]), row('ids-from-address').id).toEqual({ seen: [], forged: false, userId: null })
    const seen = [
      ['identify', 'mallory'],
      ['evil', 'mallory'],
    ]
    expect(await visit([urlParameters()])).toEqual({ seen, forged: true, userId: 'mallory' })
  })
})
