import type { HookArgument, Plugin } from '../../src/core/plugin'
import { checkPurposes, createDecide } from './consent-plugin'

export interface ConsentModeOptions {
  /**
   * Types of Google Consent Mode that must all be granted.
   * @default { analytics: ['analytics_storage'], advertising: ['ad_storage', 'ad_user_data', 'ad_personalization'] }
   */
  purposes?: Record<string, readonly string[]>
  /** Name of the page's data layer. @default 'dataLayer' */
  dataLayer?: string
}

const types = {
  analytics: ['analytics_storage'],
  advertising: ['ad_storage', 'ad_user_data', 'ad_personalization'],
}

/** What `gtag` pushes: its arguments. */
type Entry = ArrayLike<unknown>

/**
 * Follows `gtag('consent', ...)` in the data layer. `update` decides. `default` is what holds until then: it grants
 * where it does so in all regions, and leaves open what it denies, so use it with `consent({ required: true })`.
 */
export const consentMode = ({ purposes = types, dataLayer = 'dataLayer' }: ConsentModeOptions = {}): Plugin => {
  checkPurposes(purposes, (type) => typeof type === 'string')
  return {
    name: 'consent-mode',
    purposes: [],
    initialize({ instance }: HookArgument) {
      const world = globalThis as Record<string, unknown>
      const layer = (Array.isArray(world[dataLayer]) ? world[dataLayer] : (world[dataLayer] = [])) as Entry[]
      const decide = createDecide(instance)
      const updates: Record<string, unknown> = {}
      const defaults: Record<string, unknown> = {}
      const regional = new Set<string>()

      const read = (entry: Entry) => {
        if (entry?.[0] !== 'consent' || (entry[1] !== 'default' && entry[1] !== 'update')) return false
        const states = Object(entry[2]) as Record<string, unknown>
        for (const [type, state] of Object.entries(states)) {
          if (state !== 'granted' && state !== 'denied') continue
          if (entry[1] === 'update') updates[type] = state
          else if (!states.region) defaults[type] = state
          // Only Google knows where the visitor is.
          else if (state === 'denied') regional.add(type)
        }
        return true
      }
      const settle = () => {
        const stateOf = (type: string) =>
          updates[type] ?? (defaults[type] === 'granted' && !regional.has(type) ? 'granted' : undefined)
        const decisions = Object.entries(purposes).flatMap(([name, needed]) => {
          const states = needed.map(stateOf)
          const isDecided = states.includes('denied') || !states.includes(undefined)
          return isDecided ? [[name, states.every((state) => state === 'granted')] as const] : []
        })
        decide(Object.fromEntries(decisions))
      }

      layer.forEach(read)
      // A page sets the defaults of several regions one after another.
      Promise.resolve().then(settle)
      const { push } = layer
      layer.push = (...entries) => {
        const length = push.apply(layer, entries)
        if (entries.map(read).includes(true)) Promise.resolve().then(settle)
        return length
      }
    },
  }
}
