import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tcf } from '../../../plugins/consent/tcf'
import { createClient } from '../../../src/core/client'
import { consent } from '../../../src/core/consent'
import { createFakePlatform } from '../../helpers/fake-platform'

interface TcData {
  gdprApplies?: boolean
  eventStatus?: string
  listenerId?: number
  purpose?: { consents: Record<number, boolean> }
  vendor?: { consents: Record<number, boolean> }
}

type Listener = (data: TcData, success: boolean) => void

const world = globalThis as Record<string, unknown>

/** A consent platform as the IAB's API describes it: tells a new listener at once what it knows, then each change. */
function createCmp() {
  const listeners: Listener[] = []
  let known: TcData | undefined
  const api = (command: string, version: number, callback: Listener) => {
    if (command !== 'addEventListener' || version !== 2) return callback({}, false)
    listeners.push(callback)
    if (known) callback({ ...known, listenerId: listeners.length }, true)
  }
  const tell = (data: TcData) => {
    known = data
    listeners.forEach((listener, index) => listener({ ...data, listenerId: index + 1 }, true))
  }
  const consents = (...ids: number[]) => ({ consents: Object.fromEntries(ids.map((id) => [id, true])) })
  return { api, tell, consents }
}

/** What pages carry until the platform has loaded: it keeps the calls. */
function installStub() {
  const queue: unknown[][] = []
  world.__tcfapi = (...args: unknown[]) => void queue.push(args)
  return (api: (...args: never[]) => void) => {
    world.__tcfapi = api
    for (const args of queue) api(...(args as never[]))
  }
}

const start = async (options?: Parameters<typeof tcf>[0]) => {
  const analytics = createClient(
    { plugins: [tcf(options)], consent: consent({ required: true }) },
    createFakePlatform(),
  )
  await Promise.resolve()
  return analytics
}

const pending = { analytics: 'pending', advertising: 'pending' }

describe('a reader of TCF', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    delete world.__tcfapi
  })

  it('grants a purpose where all that it needs has consent, and denies it where one lacks', async () => {
    const cmp = createCmp()
    world.__tcfapi = cmp.api
    const analytics = await start()
    expect(analytics.consent.state()).toEqual(pending)
    cmp.tell({ gdprApplies: true, eventStatus: 'useractioncomplete', purpose: cmp.consents(1, 3, 8, 9) })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'denied' })
    cmp.tell({ gdprApplies: true, eventStatus: 'useractioncomplete', purpose: cmp.consents() })
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'denied' })
  })

  it('takes what an earlier visit decided, and nothing while the dialogue is shown', async () => {
    const cmp = createCmp()
    world.__tcfapi = cmp.api
    cmp.tell({ gdprApplies: true, eventStatus: 'cmpuishown', purpose: cmp.consents() })
    const analytics = await start()
    expect(analytics.consent.state()).toEqual(pending)
    cmp.tell({ gdprApplies: true, eventStatus: 'tcloaded', purpose: cmp.consents(1, 3, 4, 7, 8, 9) })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
    cmp.tell({ gdprApplies: true, eventStatus: 'cmpuishown', purpose: cmp.consents() })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
  })

  it('grants all where the GDPR does not apply', async () => {
    const cmp = createCmp()
    world.__tcfapi = cmp.api
    cmp.tell({ gdprApplies: false, eventStatus: 'tcloaded' })
    expect((await start()).consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
  })

  it('grants nothing where it is not known whether the GDPR applies', async () => {
    const cmp = createCmp()
    world.__tcfapi = cmp.api
    const analytics = await start()
    cmp.tell({ eventStatus: 'cmpuishown', purpose: cmp.consents() })
    expect(analytics.consent.state()).toEqual(pending)
    cmp.tell({ eventStatus: 'tcloaded', purpose: cmp.consents() })
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'denied' })
  })

  it('needs the consent of its vendor where one is named', async () => {
    const cmp = createCmp()
    world.__tcfapi = cmp.api
    const analytics = await start({ purposes: { analytics: [1] }, vendorId: 42 })
    const told = { gdprApplies: true, eventStatus: 'tcloaded', purpose: cmp.consents(1) }
    cmp.tell({ ...told, vendor: cmp.consents(41) })
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'pending' })
    cmp.tell({ ...told, vendor: cmp.consents(42) })
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'pending' })
  })

  it('is served by the queue of the stub', async () => {
    const load = installStub()
    const analytics = await start()
    const cmp = createCmp()
    cmp.tell({ gdprApplies: true, eventStatus: 'tcloaded', purpose: cmp.consents(1, 8, 9) })
    load(cmp.api)
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'denied' })
  })

  it('finds a platform that comes late, without a stub', async () => {
    const analytics = await start()
    await vi.advanceTimersByTimeAsync(20_000)
    const cmp = createCmp()
    cmp.tell({ gdprApplies: false, eventStatus: 'tcloaded' })
    world.__tcfapi = cmp.api
    await vi.advanceTimersByTimeAsync(2000)
    expect(analytics.consent.state()).toEqual({ analytics: 'granted', advertising: 'granted' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives up after a minute and says so', async () => {
    const analytics = await start()
    let told = 0
    analytics.on('tcf:missing', () => void told++)
    await vi.advanceTimersByTimeAsync(70_000)
    expect(told).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
    expect(analytics.consent.state()).toEqual(pending)
  })

  it.each([[{}], [{ analytics: 1 }], [{ analytics: ['1'] }], ['analytics']])(
    'does not take %j for purposes',
    (purposes) => {
      expect(() => tcf({ purposes: purposes as never })).toThrow('[firsthand] purposes')
    },
  )
})
