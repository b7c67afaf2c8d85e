import type { IdentityOptions } from './store'

export interface IdentityTrust {
  /**
   * Whether a public key may say that an anonymous id belongs to a user. Public keys stand in pages, so anybody can say
   * so; without this, only servers tell who somebody is. What was said stays recorded either way.
   * @default true
   */
  trustPublicKeys: boolean
}

export const identityDefaults = { trustPublicKeys: true } satisfies IdentityTrust

/** Throws `[firsthand] identity: what to do` on misuse. */
export function resolveIdentity(given: Partial<IdentityTrust> = {}): IdentityOptions {
  if (typeof given !== 'object' || given === null) throw new TypeError('[firsthand] identity: pass { trustPublicKeys }')
  for (const name of Object.keys(given)) {
    if (name !== 'trustPublicKeys') throw new TypeError(`[firsthand] identity.${name}: there is no such option`)
  }
  const { trustPublicKeys = identityDefaults.trustPublicKeys } = given
  if (typeof trustPublicKeys !== 'boolean') {
    throw new TypeError('[firsthand] identity.trustPublicKeys: pass true or false')
  }
  return trustPublicKeys ? {} : { keyKinds: ['secret'] }
}
