import { afterEach, describe, expect, it } from 'vitest'
import { gpp } from '../../../plugins/consent/gpp'
import { createClient } from '../../../src/core/client'
import { consent } from '../../../src/core/consent'
import { createFakePlatform } from '../../helpers/fake-platform'

type Callback = (data: unknown, success: boolean) => void

const world = globalThis as Record<string, unknown>

/** A consent platform with the API of GPP 1.1: all answers by callback, a new listener hears `listenerRegistered`. */
function installCmp(first: object) {
  let pingData: object = { gppVersion: '1.1', cmpStatus: 'loaded', ...first }
  const listeners: Callback[] = []
  const event = (eventName: string, listenerId: number) => ({ eventName, listenerId, data: true, pingData })
  world.__gpp = (command: string, callback: Callback) => {
    if (command === 'ping') return callback(pingData, true)
    if (command !== 'addEventListener') return callback(null, false)
    callback(event('listenerRegistered', listeners.push(callback)), true)
  }
  return (change: object) => {
    pingData = { ...pingData, ...change }
    listeners.forEach((listener, index) => listener(event('sectionChange', index + 1), true))
  }
}

const start = async (options?: Parameters<typeof gpp>[0]) => {
  const analytics = createClient(
    { plugins: [gpp(options)], consent: consent({ required: true }) },
    createFakePlatform(),
  )
  await Promise.resolve()
  return analytics
}

const ready = { signalStatus: 'ready', applicableSections: [7] }
const stayed = { Version: 1, SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 }
const all = { analytics: 'granted', advertising: 'granted' }
const withoutAds = { analytics: 'granted', advertising: 'denied' }

describe('a reader of GPP', () => {
  afterEach(() => void delete world.__gpp)

  it('waits for the signal, then grants where nobody has opted out', async () => {
    const change = installCmp({ signalStatus: 'not ready', applicableSections: [0], parsedSections: {} })
    const analytics = await start()
    expect(analytics.consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
    change({ ...ready, parsedSections: { usnat: [stayed] } })
    expect(analytics.consent.state()).toEqual(all)
  })

  it('decides nothing by a section that applies and is read, while the visitor may still change it', async () => {
    const change = installCmp({ ...ready, signalStatus: 'not ready', parsedSections: { usnat: [stayed] } })
    const analytics = await start()
    expect(analytics.consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
    change({ signalStatus: 'ready' })
    expect(analytics.consent.state()).toEqual(all)
  })

  it.each([
    ['sale, in a list of segments', [7], { usnat: [{ ...stayed, SaleOptOut: 1 }, { Gpc: false }] }],
    ['sharing, in California', [8], { usca: { ...stayed, SharingOptOut: 1 } }],
    ['targeted advertising, in Virginia', [9], { usva: { TargetedAdvertisingOptOut: 1 } }],
    ['Global Privacy Control as a number', [7], { usnat: { ...stayed, Gpc: 1 } }],
    ['Global Privacy Control, in a segment of its own', [7], { usnat: [stayed, { SubsectionType: 1, Gpc: true }] }],
    ['one of two sections', [7, 8], { usnat: stayed, usca: { SaleOptOut: 1 } }],
    ['the format before GPP', [6], { uspv1: { Version: 1, OptOutSale: 'Y' } }],
  ])('denies advertising after an opt-out: %s', async (_, applicableSections, parsedSections) => {
    installCmp({ ...ready, applicableSections, parsedSections })
    expect((await start()).consent.state()).toEqual(withoutAds)
  })

  it.each(
    // As `@iabgpp/cmpapi` 3.2.0 numbers and names them.
    Object.entries({
      ...{ usnat: 7, usca: 8, usva: 9, usco: 10, usut: 11, usct: 12, usfl: 13, usmt: 14, usor: 15, ustx: 16 },
      ...{
        usde: 17,
        usia: 18,
        usne: 19,
        usnh: 20,
        usnj: 21,
        ustn: 22,
        usmn: 23,
        usmd: 24,
        usin: 25,
        usky: 26,
        usri: 27,
      },
    }),
  )('knows the section %s as number %i', async (name, id) => {
    const optedOut = { SaleOptOut: 1 }
    installCmp({ ...ready, applicableSections: [id], parsedSections: { [name]: optedOut } })
    expect((await start()).consent.state()).toEqual(withoutAds)
    installCmp({ ...ready, applicableSections: [id === 7 ? 8 : 7], parsedSections: { [name]: optedOut } })
    expect((await start()).consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
  })

  it('follows a change of mind', async () => {
    const change = installCmp({ ...ready, parsedSections: { usnat: stayed } })
    const analytics = await start()
    expect(analytics.consent.state()).toEqual(all)
    change({ parsedSections: { usnat: { ...stayed, SaleOptOut: 1 } } })
    expect(analytics.consent.state()).toEqual(withoutAds)
  })

  it('grants all where no section applies, and leaves Europe to TCF', async () => {
    installCmp({ ...ready, applicableSections: [-1], parsedSections: {} })
    expect((await start()).consent.state()).toEqual(all)
    installCmp({ ...ready, applicableSections: [2], parsedSections: { tcfeuv2: [{ Version: 2 }] } })
    expect((await start()).consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
  })

  it.each([
    ['a European section applies and one of the States is there', [2], { tcfeuv2: [{ Version: 2 }], usnat: stayed }],
    ['a European one and one of the States apply', [2, 7], { usnat: stayed }],
    ['a Canadian one applies', [5], { usnat: stayed }],
    ['only sections of other States are there', [8], { usnat: stayed, usca: null }],
    ['the section is not known', [99], { usnat: stayed }],
  ])('grants nothing where %s', async (_, applicableSections, parsedSections) => {
    installCmp({ ...ready, applicableSections, parsedSections })
    expect((await start()).consent.state()).toEqual({ analytics: 'pending', advertising: 'pending' })
  })

  it('heeds an opt-out also where a European section applies', async () => {
    installCmp({ ...ready, applicableSections: [2, 7], parsedSections: { usnat: { ...stayed, SaleOptOut: 1 } } })
    expect((await start()).consent.state()).toEqual({ analytics: 'pending', advertising: 'denied' })
  })

  it('takes its fields from the option', async () => {
    installCmp({ ...ready, parsedSections: { usnat: { ...stayed, SaleOptOut: 1 } } })
    const analytics = await start({ purposes: { analytics: ['SaleOptOut'], advertising: ['SharingOptOut'] } })
    expect(analytics.consent.state()).toEqual({ analytics: 'denied', advertising: 'granted' })
  })
})
