import type { Client } from './client'
import { CONSENT_KEY, CONSTANTS } from './constants'
import { type ConsentOptions, createDecisions, type Decisions } from './decisions'
import { createGatedStorage, type GatedStorage } from './gated-storage'
import { type HeldCall, holdCall, releaseCalls } from './held-calls'
import { createUser, findUser, forgetUser, identify, readUser, saveUser } from './identity'
import type { Call } from './lifecycle'
import type { ConsentSetup } from './options'
import type { Payload } from './payload'
import { newMeta, perform } from './perform'
import type { KeyValueStorage, Platform } from './platform'
import type { PluginRecord } from './plugin-registry'
import { type Privacy, readSignals } from './privacy'

/** Who may take part, and what may be kept, as the visitor decides. */
interface Consent extends Privacy, Decisions {
  reload(): void
  /** Where things are kept, if they may be. */
  places: KeyValueStorage
  /** The same, but memory for as long as nothing may be kept. */
  storage: GatedStorage
  /** Something may be kept. */
  isOpen: boolean
  /** Nothing may be kept, because somebody said so. */
  isWithdrawn: boolean
  /** As it is written down. */
  text: string | undefined
  /** Who could take part at some time. */
  begun: Set<PluginRecord>
  held: HeldCall[]
}

export interface ConsentClient extends Client {
  consent: Consent
}

/** The visitor decides who may take part and what may be kept; docs/consent.md. The client throws on misuse. */
export const consent = (options: ConsentOptions = {}): ConsentSetup => ({
  connect: (client: ConsentClient, platform: Platform, places: KeyValueStorage) =>
    createConsent(client, platform, places, options),
})

const createConsent = (
  client: ConsentClient,
  platform: Platform,
  places: KeyValueStorage,
  options: ConsentOptions,
): Consent => {
  const { records } = client
  const consent = {
    ...createDecisions(options, readSignals(client.options, platform), records),
    places,
    held: [],
    storage: createGatedStorage(places, () => consent.isOpen),
    reload() {
      const text = readText(client)
      // An answer that was under way when the visitor said no may bring back what was removed.
      if (consent.isWithdrawn && !client.options.cookieless && places.getItem(CONSTANTS.ANON_ID)) forget(client)
      if (text === consent.text) return
      consent.read(text)
      apply(client)
    },
    isPending: (record: PluginRecord) => consent.stateOf(record) === 'pending',
    forget: () => forget(client),
    hold: (payload: Payload, call: Call) => holdCall(client, payload, call),
  } as Partial<Consent> as Consent
  consent.methods = {
    consent: {
      grant: (...given) => decide(client, given, true),
      deny: (...given) => decide(client, given, false),
      state: consent.state,
    },
  }
  client.consent = client.privacy = consent
  consent.text = readText(client)
  if (consent.text !== undefined) consent.read(consent.text)
  weigh(client)
  consent.begun = new Set(records.filter((record) => !consent.lacking.includes(record)))
  consent.isWithdrawn = consent.stateOf() === 'denied'
  consent.isOpen = mayKeep(client)
  if (!consent.isOpen) platform.events.keep(false)
  return consent
}

/** The visitor decides on these purposes, or on all. */
const decide = (client: ConsentClient, given: readonly (string | readonly string[])[], choice: boolean): void =>
  client.enqueue(() => {
    const { chosen, foreign, purposes, reload } = client.consent
    // What another page wrote meanwhile is written again below.
    reload()
    const isAll = !given.length
    if (isAll && !choice) foreign.clear()
    for (const name of isAll ? purposes : given.flat()) {
      if (purposes.includes(name)) chosen[name] = choice
      else client.fail(`no purpose named ${name}`, 'consent')
    }
    apply(client)
  })

/** Forgets the visitor, also where storage may not be used now. */
const forget = (client: ConsentClient): void => {
  for (const isOpen of new Set([true, client.consent.isOpen])) {
    client.consent.isOpen = isOpen
    forgetUser(client)
  }
}

const readText = ({ consent, options }: ConsentClient): string | undefined => {
  const text = options.cookieless || consent.places.getItem(CONSENT_KEY)
  return typeof text === 'string' ? text : undefined
}

const mayKeep = ({ consent, options }: ConsentClient): boolean => !options.cookieless && consent.stateOf() === 'granted'

const weigh = ({ consent, records }: ConsentClient): void => {
  consent.lacking = records.filter((record) => consent.stateOf(record) !== 'granted')
}

/** Makes the decisions come true: first what is withdrawn, then what is granted. */
const apply = (client: ConsentClient): void => {
  const { consent } = client
  weigh(client)
  withdraw(client)
  const renew = !consent.isOpen && mayKeep(client) && open(client)
  remember(client)
  begin(client)
  if (renew) renew()
  releaseCalls(client)
  perform(client, { type: 'consent', consent: consent.state() }, 'named')
}

const withdraw = (client: ConsentClient): void => {
  const { consent, delivery, events, state } = client
  const { lacking, stateOf } = consent
  const isWithdrawn = stateOf() === 'denied'
  const names = lacking.flatMap((record) => (stateOf(record) === 'denied' ? record.name : []))
  state.queue.actions = state.queue.actions.filter(({ plugin }) => !names.includes(plugin))
  delivery.withdraw(names, !isWithdrawn)
  if (isWithdrawn && !consent.isWithdrawn) {
    forget(client)
    events.keep((consent.isOpen = false))
  }
  consent.isWithdrawn = isWithdrawn
}

/**
 * Who was here before is the visitor again, with what this page learned. Returns what makes the events that are held
 * belong to them and to their visit.
 */
const open = (client: ConsentClient): (() => void) => {
  const { consent, events, session, state } = client
  const { userId, traits, anonymousId } = state.user
  const before = session.current()
  events.keep((consent.isOpen = true))
  client.seen = readUser(consent.places)
  const found = findUser(client)
  const user = createUser(client)
  state.user = found.anonymousId ? user : { ...user, anonymousId }
  consent.storage.writeOut()
  saveUser(client)
  if (userId || Object.keys(traits)[0]) {
    const payload = { userId: userId ?? user.userId, traits, options: {} }
    identify(client, { payload } as unknown as Call)
  }
  session.forget()
  return () => {
    const visit = before && session.touch()
    const isOld = (found: unknown) => !!before && (found as typeof before | undefined)?.id === before.id
    // One that goes on from an earlier page has not started here.
    consent.held = consent.held.filter(({ payload }) => !isOld(payload.session) || isOld(visit))
    for (const call of consent.held) {
      const { meta } = call.payload
      call.payload = { ...call.payload, meta: isOld(meta.session) && visit ? { ...meta, session: visit } : meta }
      if (call.payload.anonymousId === anonymousId) call.payload.anonymousId = state.user.anonymousId
    }
  }
}

const remember = (client: ConsentClient): void => {
  const { places, write } = client.consent
  if (client.options.cookieless) return
  const text = write()
  if (text === undefined) places.removeItem(CONSENT_KEY)
  else places.setItem(CONSENT_KEY, text)
  // As it stands there: what could not be written must not look as if it had been withdrawn.
  client.consent.text = readText(client)
}

/** Plugins that could not take part until now. */
const begin = (client: ConsentClient): void => {
  const { begun, lacking } = client.consent
  const fresh = client.records.filter((record) => !lacking.includes(record) && !begun.has(record))
  for (const record of fresh) {
    begun.add(record)
    if (record.plugin.bootstrap) client.runHook(record, 'bootstrap', record.plugin)
  }
  const plugins = fresh.flatMap(({ name }) => (client.state.plugins[name]?.enabled ? name : []))
  const payload = { type: 'initializeStart', plugins, disabled: [], fromEnable: true, meta: newMeta(client) }
  if (plugins[0]) client.run(payload as unknown as Payload, { admits: ({ name }) => plugins.includes(name) })
}
