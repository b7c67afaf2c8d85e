import type { Client } from './client'
import {
  CAMPAIGN_KEY,
  CLICKS_KEY,
  CONSENT_KEY,
  CONSTANTS,
  FIRST_KEY,
  SEGMENT,
  SESSION_KEY,
  TRAITS_OWNER_KEY,
} from './constants'
import type { Traits } from './event'
import { saveFirstVisit } from './first-visit'
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

/** A stored id; in quotes where other software wrote it as JSON. */
const readId = (storage: KeyValueStorage, key: string, place?: StorageOptions): string | null => {
  const value = storage.getItem(key, place)
  return toIdentifier(value) ?? toIdentifier(/^"(.*)"$/.exec(`${value}`)?.[1])
}

/** Cookies are of the whole site, traits of one origin: they must not be read as the next visitor's. */
const ownerOf = ({ userId, anonymousId }: Omit<User, 'traits'>): string => userId ?? anonymousId ?? ''

/** What is stored of the visitor; traits only where they are theirs. */
export const readUser = (storage: KeyValueStorage): User => {
  const ids = { userId: readId(storage, keys.userId), anonymousId: readId(storage, keys.anonymousId) }
  const isOwn = storage.getItem(TRAITS_OWNER_KEY) === ownerOf(ids)
  return { ...ids, traits: toObject(isOwn && storage.getItem(keys.traits)) }
}

/** The visitor whom Segment's SDK knew. Ids are of one place; traits, of this origin alone, go with the id of this origin. */
const readSegmentUser = (client: Client): User => {
  const read = (key: string, place: string) => {
    const id = readId(client.storage, key, place)
    return id === 'null' ? null : id
  }
  const place = read(SEGMENT.userId, 'cookie') || read(SEGMENT.anonymousId, 'cookie') ? 'cookie' : 'localStorage'
  const userId = read(SEGMENT.userId, place)
  const isOwn = read(SEGMENT.userId, 'localStorage') === userId
  return {
    userId,
    anonymousId: read(SEGMENT.anonymousId, place),
    traits: toObject(isOwn && client.storage.getItem(SEGMENT.traits)),
  }
}

/**
 * The visitor at the start of a page. Where this client has never been, what `analytics` left under the same names
 * counts, then what Segment left: after a log-out neither does, because a mark stays (docs/cookies.md).
 */
export const findUser = (client: Client): User => {
  const { seen } = client
  const isOurs = (key: string) => toIdentifier(client.storage.getItem(key, 'cookie'))
  const hasLeft = client.hasReset || client.storage.getItem(CONSENT_KEY) === ''
  if (hasLeft || [keys.userId, keys.anonymousId, SESSION_KEY].some(isOurs)) return seen
  const traits = client.storage.getItem(TRAITS_OWNER_KEY) == null && client.storage.getItem(keys.traits)
  if (traits) return { ...seen, traits: toObject(traits) }
  return (seen.userId ?? seen.anonymousId ?? client.storage.getItem(SESSION_KEY)) ? seen : readSegmentUser(client)
}

/** Stores a value, or removes it where it is null: by way of events, so that plugins can stop it. */
export const write = (client: Client, key: string, value?: unknown, options?: StorageOptions): void =>
  perform(
    client,
    value == null ? { type: 'removeItemStart', key, options } : { type: 'setItemStart', key, value, options },
  )

/** Of the visitor, by all clients of the page. */
let changes = 0

/** Makes somebody the visitor, and writes down these parts. */
const become = (client: Client, user: User, names: readonly string[] = ['userId', 'traits']): void => {
  client.state.user = user
  client.changes = ++changes
  for (const name of names) write(client, keys[name as keyof User], user[name as keyof User])
}

/** The visitor at creation: `initialUser` before what is stored. */
export const createUser = (client: Client): User => {
  const { userId, anonymousId, traits } = client.options.initialUser
  const found = findUser(client)
  const user = toIdentifier(userId) ?? found.userId
  const known = user === found.userId ? found.traits : {}
  return {
    userId: user,
    anonymousId: toIdentifier(anonymousId) ?? found.anonymousId ?? client.id(),
    traits: traits ? { ...known, ...traits } : known,
  }
}

/** Writes down what creation decided, where it does not stand in our own places yet. */
export const saveUser = (client: Client): void => {
  const { user } = client.state
  const isNew = (name: string) =>
    name === 'traits'
      ? JSON.stringify(user.traits) !== JSON.stringify(client.seen.traits)
      : user[name as keyof User] !== (client.storage.getItem(keys[name as keyof User], 'cookie') ?? null)
  become(client, user, Object.keys(keys).filter(isNew))
}

/** Made anew at the first event after a reset. */
export const anonymousIdOf = (client: Client): string | null => {
  const { user } = client.state
  if (!user.anonymousId) become(client, { ...user, anonymousId: client.id() }, ['anonymousId'])
  return client.state.user.anonymousId
}

/** Makes the call's user the visitor; again only if hooks have changed it since. Traits of another user go. */
export const identify = (client: Client, call: Call): void => {
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

/** Forgets all that is known of the visitor, here and in storage. */
export const forgetUser = (client: Client): void => {
  client.forgotten = client.state.user.anonymousId ?? client.forgotten
  client.hasReset = true
  client.seen = { userId: null, anonymousId: null, traits: {} }
  become(client, client.seen, [])
  const stored = Object.values(keys)
  for (const key of [...stored, TRAITS_OWNER_KEY, SESSION_KEY, FIRST_KEY, CLICKS_KEY, CAMPAIGN_KEY])
    client.storage.removeItem(key)
  // Plugins hear of it, but cannot keep what the visitor took back.
  for (const key of stored) write(client, key)
  client.session.forget()
}

/**
 * Another tab may have logged in or out: true if it has, and the visit may be another then. Nobody changes tabs faster
 * than `maxAgeMs`, and a look costs Chromium 0.25 ms, as it reads cookies and storage. `left` is whom a request named
 * whose answer has come.
 */
export const reloadUser = (client: Client, maxAgeMs = 100, left?: User): boolean => {
  const { seen, seenAtMs = -Infinity, storage } = client
  const nowMs = client.now()
  // Either way: the clock may have been set back.
  if (Math.abs(nowMs - seenAtMs) < maxAgeMs && client.changes === changes) return false
  client.seenAtMs = nowMs
  client.changes = changes
  client.privacy.reload?.()
  const user = readUser(storage)
  client.seen = user
  const { userId, anonymousId } = user
  if (userId === seen.userId && anonymousId === seen.anonymousId) return false
  client.session.forget()
  // The answer to a request that was under way may set the cookies of whom this page has left meanwhile.
  const isForgotten = anonymousId && anonymousId === client.forgotten
  if (isForgotten) {
    storage.removeItem(FIRST_KEY)
    storage.removeItem(CLICKS_KEY)
    storage.setItem(SESSION_KEY, '0')
  }
  if (isForgotten || (userId === left?.userId && anonymousId === left.anonymousId))
    become(client, client.state.user, ['userId', 'anonymousId'])
  else client.state.user = user
  return true
}

/** Stores a value, or removes it where it is undefined. Traits are remembered together with whose they are. */
export const store = (client: Client, key: string, value: unknown, place?: StorageOptions): void => {
  const put = (name: string, text: unknown) =>
    value === undefined ? client.storage.removeItem(name, place) : client.storage.setItem(name, text, place)
  put(key, value)
  if (key === keys.traits) put(TRAITS_OWNER_KEY, ownerOf(client.state.user))
  if (value && key === keys.anonymousId) saveFirstVisit(client)
  client.seen = readUser(client.storage)
  // Whoever stores an id changes the visitor.
  const name = key === keys.anonymousId ? 'anonymousId' : key === keys.userId && 'userId'
  if (!value || !name || client.state.user[name] === value) return
  client.state.user = { ...client.state.user, [name]: toIdentifier(value) }
  // The same person under another id.
  if (name === 'anonymousId' && Object.keys(client.state.user.traits)[0])
    store(client, keys.traits, client.state.user.traits)
}
