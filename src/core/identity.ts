import { CONSTANTS, TRAITS_OWNER_KEY } from './constants'
import type { Traits } from './event'
import { toIdentifier } from './identifier'
import type { Call } from './lifecycle'
import type { InitialUser } from './options'
import type { KeyValueStorage } from './platform'
import { toObject } from './values'

export interface User {
  userId: string | null
  anonymousId: string | null
  traits: Traits
}

const { ANON_ID, USER_ID, USER_TRAITS } = CONSTANTS

/**
 * Who the visitor is. `write` stores a value, or removes it where it is undefined, by way of `setItem` and `removeItem`
 * events, so that plugins can stop it; `stored` is to be called when it has happened.
 */
export function createIdentity(
  storage: KeyValueStorage,
  newId: () => string,
  initialUser: InitialUser,
  write: (key: string, value?: unknown) => void,
) {
  function read(): User {
    const userId = toIdentifier(storage.getItem(USER_ID))
    const traits = storage.getItem(TRAITS_OWNER_KEY) === (userId ?? '') ? storage.getItem(USER_TRAITS) : {}
    return { userId, anonymousId: toIdentifier(storage.getItem(ANON_ID)), traits: toObject(traits) }
  }

  const first = read()
  let seen = first
  const userId = toIdentifier(initialUser.userId) ?? first.userId
  let user: User = {
    userId,
    anonymousId: toIdentifier(initialUser.anonymousId) ?? first.anonymousId ?? newId(),
    traits: { ...(userId === first.userId && first.traits), ...initialUser.traits },
  }

  const become = (next: User) => {
    user = next
    write(USER_ID, next.userId ?? undefined)
    write(USER_TRAITS, next.traits)
  }

  return {
    user: () => user,
    /** Made anew at the first event after a reset. */
    anonymousId(): string {
      const anonymousId = user.anonymousId ?? newId()
      if (!user.anonymousId) {
        user = { ...user, anonymousId }
        write(ANON_ID, anonymousId)
      }
      return anonymousId
    },
    /** Writes down what construction decided. */
    begin() {
      if (user.anonymousId !== first.anonymousId) write(ANON_ID, user.anonymousId)
      if (userId !== first.userId) write(USER_ID, userId)
      if (initialUser.traits) write(USER_TRAITS, user.traits)
    },
    /** Makes the call's user the visitor; again only if hooks have changed it since. Traits of another user go. */
    identify(call: Call, changed: (old: Partial<User>) => void) {
      const { payload, applied } = call
      if (applied?.payload.userId === payload.userId && applied.payload.traits === payload.traits) return
      applied?.undo()
      const before = user
      const isOther = !!before.userId && before.userId !== payload.userId
      if (isOther) changed({ userId: before.userId, traits: before.traits })
      become({
        ...before,
        userId: toIdentifier(payload.userId),
        traits: { ...(!isOther && before.traits), ...payload.traits },
      })
      const after = user
      call.applied = { payload, undo: () => user === after && become(before) }
    },
    reset() {
      user = { userId: null, anonymousId: null, traits: {} }
      for (const key of [USER_ID, USER_TRAITS, ANON_ID]) write(key)
    },
    /** Another tab may have logged in or out: true if it has. */
    reload(): boolean {
      const before = seen
      seen = read()
      const isChanged = seen.userId !== before.userId || seen.anonymousId !== before.anonymousId
      if (isChanged) user = seen
      return isChanged
    },
    /** A key was stored or removed. Traits are remembered together with whose they are. */
    stored(key: unknown, value?: unknown) {
      if (key === USER_TRAITS && value) storage.setItem(TRAITS_OWNER_KEY, user.userId ?? '')
      else if (key === USER_TRAITS) storage.removeItem(TRAITS_OWNER_KEY)
      seen = read()
    },
    /** A value was stored, by whomever. */
    learn(key: unknown, value: unknown) {
      const name = key === ANON_ID ? 'anonymousId' : key === USER_ID ? 'userId' : null
      if (name && user[name] !== value) user = { ...user, [name]: toIdentifier(value) }
    },
  }
}

export type Identity = ReturnType<typeof createIdentity>
