import type { Analytics } from '../../src/core/analytics'
import type { HookArgument, Plugin } from '../../src/core/plugin'
import { whenPresent } from './when-present'

/** Hands each decision on: what is refused first. Purposes that it does not name stay as they are. */
export type Decide = (decisions: Record<string, boolean>) => void

export interface Reader<Platform> {
  name: string
  /** The function by which pages offer the consent platform. */
  global: string
  /** Listens to the platform, and decides whenever the visitor has. */
  read(platform: Platform, decide: Decide): void
}

export const createDecide = (instance: Analytics): Decide => {
  const { consent } = instance
  if (!consent) throw new Error("[firsthand] consent: pass consent({...}) from 'firsthand/consent'")
  return (decisions) => {
    const names = Object.keys(decisions)
    const denied = names.filter((name) => !decisions[name])
    const granted = names.filter((name) => decisions[name])
    // Without names it would mean all.
    if (denied[0]) consent.deny(...denied)
    if (granted[0]) consent.grant(...granted)
  }
}

/** A plugin that needs no consent itself, and reads a consent platform, however late that is loaded. */
export const consentPlugin = <Platform>({ name, global, read }: Reader<Platform>): Plugin => ({
  name,
  purposes: [],
  EVENTS: { missing: `${name}:missing` },
  initialize({ instance }: HookArgument) {
    const decide = createDecide(instance)
    whenPresent<Platform>(global, (platform) => {
      if (platform) read(platform, decide)
      else instance.dispatch(`${name}:missing`)
    })
  },
})

/** Throws where a map from purposes is none. */
export const checkPurposes = (purposes: unknown, of: (value: unknown) => boolean): void => {
  const lists = Object.values(Object(purposes))
  if (!lists[0] || !lists.every((list) => Array.isArray(list) && list.every(of)))
    throw new Error('[firsthand] purposes: name what each purpose needs, e.g. { analytics: [...] }')
}
