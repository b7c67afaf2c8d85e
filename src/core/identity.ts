import type { Client } from './client'
import { CONSTANTS, TRAITS_OWNER_KEY } from './constants'
import type { Traits } from './event'
import { toIdentifier } from './identifier'
import type { Call } from './lifecycle'
import { perform } from './perform'
import type { KeyValueStorage } from './platform'
import { toObject } from './values'

/** Who the visitor is; `getState('user')`. Replaced, never changed. */
export interface User {
  userId: string | null
  anonymousId: string | null
  traits: Traits
}

const { ANON_ID, USER_ID, USER_TRAITS } = CONSTANTS

/** What is stored of the visitor; traits only where they are this user's. */
export function readUser(storage: KeyValueStorage): User {
  const userId = toIdentifier(storage.getItem(USER_ID))
  const isOwn = storage.getItem(TRAITS_OWNER_KEY) === (userId ?? '')
  return {
    userId,
    anonymousId: toIdentifier(storage.getItem(ANON_ID)),
    traits: toObject(isOwn && storage.getItem(USER_TRAITS)),
  }
}

/** Goes by way of `setItem` and `removeItem` events, so that plugins can stop it. `undefined` removes. */
function write(client: Client, key: string, value?: unknown): void {
  const options = undefined
  if (value) perform(client, { type: 'setItemStart', key, value, options })
  else perform(client, { type: 'removeItemStart', key, options })
}

function become(client: Client, user: User): void {
  client.state.user = user
  write(client, USER_ID, user.userId)
  write(client, USER_TRAITS, user.traits)
}

/** The visitor at creation: `initialUser` before what is stored. */
export function createUser({ platform, options, seen }: Client): User {
  const { userId, anonymousId, traits } = options.initialUser
  const id = toIdentifier(userId) ?? seen.userId
  return {
    userId: id,
    anonymousId: toIdentifier(anonymousId) ?? seen.anonymousId ?? platform.id(),
    traits: { ...(id === seen.userId && seen.traits), ...traits },
  }
}

/** Writes down what creation decided. */
export function saveUser(client: Client): void {
  const { state, seen, options } = client
  const { userId, anonymousId, traits } = state.user
  if (anonymousId !== seen.anonymousId) write(client, ANON_ID, anonymousId)
  if (userId !== seen.userId) write(client, USER_ID, userId)
  if (options.initialUser.traits) write(client, USER_TRAITS, traits)
}

/** Made anew at the first event after a reset. */
export function anonymousIdOf(client: Client): string {
  const { state, platform } = client
  const anonymousId = state.user.anonymousId ?? platform.id()
  if (!state.user.anonymousId) {
    state.user = { ...state.user, anonymousId }
    write(client, ANON_ID, anonymousId)
  }
  return anonymousId
}

/** Makes the call's user the visitor; again only if hooks have changed it since. Traits of another user go. */
export function identify(client: Client, call: Call): void {
  const { state } = client
  const { payload, applied } = call
  const { traits, options } = payload
  if (applied?.payload.userId === payload.userId && applied.payload.traits === traits) return
  applied?.undo()
  const before = state.user
  const isOther = before.userId && before.userId !== payload.userId
  if (isOther) {
    const old = { userId: before.userId, traits: before.traits }
    perform(client, { type: 'userIdChanged', old, new: { userId: payload.userId, traits }, options })
  }
  const userId = toIdentifier(payload.userId)
  become(client, { ...before, userId, traits: { ...(!isOther && before.traits), ...traits } })
  const after = state.user
  call.applied = { payload, undo: () => state.user === after && become(client, before) }
}

export function forgetUser(client: Client): void {
  client.state.user = { userId: null, anonymousId: null, traits: {} }
  for (const key of [USER_ID, USER_TRAITS, ANON_ID]) write(client, key)
}

/** Another tab may have logged in or out: true if it has. */
export function reloadUser(client: Client): boolean {
  const { state, storage, seen } = client
  client.seen = readUser(storage)
  const isChanged = client.seen.userId !== seen.userId || client.seen.anonymousId !== seen.anonymousId
  if (isChanged) state.user = client.seen
  return isChanged
}

/** A value was stored, by whomever. */
export function learn({ state }: Client, key: string, value: unknown): void {
  const name = key === ANON_ID ? 'anonymousId' : key === USER_ID ? 'userId' : null
  if (name && state.user[name] !== value) state.user = { ...state.user, [name]: toIdentifier(value) }
}

/** Stores a value, or removes it where it is undefined. Traits are remembered together with whose they are. */
export function store(client: Client, key: string, value: unknown, place?: Parameters<KeyValueStorage['getItem']>[1]) {
  const { storage, state } = client
  const put = (name: string, text: unknown) =>
    value === undefined ? storage.removeItem(name, place) : storage.setItem(name, text, place)
  put(key, value)
  if (key === USER_TRAITS) put(TRAITS_OWNER_KEY, state.user.userId ?? '')
  client.seen = readUser(storage)
}
