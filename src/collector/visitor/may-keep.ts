import type { StoredEvent } from '../store'
import { isObject } from '../intake/intake'

/** The purpose that the SDK's storage has, where nothing names another. */
const usualPurpose = 'analytics'

/**
 * May the visitor's cookies be set anew, by what their events say of consent and by what the browser has written down? Where one of
 * them says no, or cannot be understood, they may not.
 */
export function mayKeep(events: readonly StoredEvent[], granted: readonly string[] | null): boolean {
  const purposes = new Set<string>()
  for (const { context } of events) {
    if (context.consent === undefined || context.consent === null) continue
    const purpose = grantedPurpose(context.consent)
    if (purpose === null) return false
    purposes.add(purpose)
  }
  if (granted === null) return true
  const needed = purposes.size > 0 ? purposes : [usualPurpose]
  return [...needed].every((purpose) => granted.includes(purpose))
}

/** The purpose of storage, which stands first, where it is granted; null where it is denied or nobody has decided. */
function grantedPurpose(consent: unknown): string | null {
  const preferences = isObject(consent) ? consent.categoryPreferences : undefined
  if (preferences === undefined && isObject(consent)) return usualPurpose
  if (!isObject(preferences)) return null
  const [first = usualPurpose] = Object.keys(preferences)
  const isDenied = (purpose: string) => purpose in preferences && preferences[purpose] !== true
  return isDenied(first) || isDenied(usualPurpose) ? null : first
}
