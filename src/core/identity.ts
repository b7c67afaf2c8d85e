import type { Client } from './client'
import { CONSTANTS, TRAITS_OWNER_KEY } from './constants'
import type { Traits } from './event'
import { toIdentifier } from './identifier'
import type { Call } from './lifecycle'
import { perform } from './perform'
import type { KeyValueStorage, StorageOptions } from './platform'
import { toObject } from './values'

/** Who the visitor is; `getState('user')`. Replaced, never changed. */
export interface User {
  userId: string | null
  anonymousId: string | null
  traits: Traits
}

const keys = { userId: CONSTANTS.USER_ID, traits: CONSTANTS.USER_TRAITS, anonymousId: CONSTANTS.ANON_ID } as const

/** What is stored of the visitor; traits only where they are this user's. */
export function readUser(storage: KeyValueStorage): User {
  const userId = toIdentifier(storage.getItem(keys.userId))
  const isOwn = storage.getItem(TRAITS_OWNER_KEY) === (userId ?? '')
  return {
    userId,
    anonymousId: toIdentifier(storage.getItem(keys.anonymousId)),
    traits: toObject(isOwn && storage.getItem(keys.traits)),
  }
}

/** Stores a value, or removes it where it is null: by way of events, so that plugins can stop it. */
export const write = (client: Client, key: string, value?: unknown, options?: StorageOptions): void =>
  perform(
    client,
    value == null ? { type: 'removeItemStart', key, options } : { type: 'setItemStart', key, value, options },
  )

/** Makes somebody the visitor, and writes down these parts. */
function become(client: Client, user: User, names: readonly string[] = ['userId', 'traits']): void {
  client.state.user = user
  for (const name of names) write(client, keys[name as keyof User], user[name as keyof User])
}

/** The visitor at creation: `initialUser` before what is stored. */
export function createUser({ seen, options, id }: Client): User {
  const { userId, anonymousId, traits } = options.initialUser
  const user = toIdentifier(userId) ?? seen.userId
  const known = user === seen.userId ? seen.traits : {}
  return {
    userId: user,
    anonymousId: toIdentifier(anonymousId) ?? seen.anonymousId ?? id(),
    traits: traits ? { ...known, ...traits } : known,
  }
}

/** Writes down what creation decided. */
export function saveUser(client: Client): void {
  const { user } = client.state
  const isNew = (name: string) => user[name as keyof User] !== client.seen[name as keyof User]
  become(client, user, Object.keys(keys).filter(isNew))
}

/** Made anew at the first event after a reset. */
export function anonymousIdOf(client: Client): string | null {
  const { user } = client.state
  if (!user.anonymousId) become(client, { ...user, anonymousId: client.id() }, ['anonymousId'])
  return client.state.user.anonymousId
}

/** Makes the call's user the visitor; again only if hooks have changed it since. Traits of another user go. */
export function identify(client: Client, call: Call): void {
  const { payload, applied } = call
  const { userId, traits, options } = payload
  if (applied?.payload.userId === userId && applied.payload.traits === traits) return
  applied?.undo()
  const before = client.state.user
  const isOther = before.userId && before.userId !== userId
  if (isOther) {
    const old = { userId: before.userId, traits: before.traits }
    perform(client, { type: 'userIdChanged', old, new: { userId, traits }, options })
  }
  become(client, { ...before, userId: toIdentifier(userId), traits: { ...(!isOther && before.traits), ...traits } })
  const after = client.state.user
  call.applied = { payload, undo: () => void (client.state.user === after && become(client, before)) }
}

export function forgetUser(client: Client): void {
  client.state.user = { userId: null, anonymousId: null, traits: {} }
  for (const key of Object.values(keys)) write(client, key)
}

/** Another tab may have logged in or out: true if it has. */
export function reloadUser(client: Client): boolean {
  const { seen } = client
  const user = readUser(client.storage)
  client.seen = user
  const isChanged = user.userId !== seen.userId || user.anonymousId !== seen.anonymousId
  if (isChanged) client.state.user = user
  return isChanged
}

/** Stores a value, or removes it where it is undefined. Traits are remembered together with whose they are. */
export function store(client: Client, key: string, value: unknown, place?: StorageOptions): void {
  const { storage, state } = client
  const put = (name: string, text: unknown) =>
    value === undefined ? storage.removeItem(name, place) : storage.setItem(name, text, place)
  put(key, value)
  if (key === keys.traits) put(TRAITS_OWNER_KEY, state.user.userId ?? '')
  client.seen = readUser(storage)
  // Whoever stores an id changes the visitor.
  const name = key === keys.anonymousId ? 'anonymousId' : key === keys.userId && 'userId'
  if (value && name && state.user[name] !== value) state.user = { ...state.user, [name]: toIdentifier(value) }
}
