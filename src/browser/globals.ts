/**
 * The only file that touches window, document, navigator, localStorage and fetch. Everything is read at the time of
 * use: a page may replace fetch later, and storage may be forbidden, which browsers tell by throwing on access.
 */

import type { EventContext } from '../core/event'

type EventTargetName = 'window' | 'document'

export const attempt = <Value>(read: () => Value): Value | null => {
  try {
    return read() ?? null
  } catch {
    return null
  }
}

/** Null where it is forbidden (sandboxed frame, blocked site data) or absent. */
export const localStorageArea = (): Storage | null => attempt(() => globalThis.localStorage)

export const sessionStorageArea = (): Storage | null => attempt(() => globalThis.sessionStorage)

/** Web Locks; null on pages without TLS and in old browsers. */
export const lockManager = (): LockManager | null => attempt(() => navigator.locks)

/** Calls the page's fetch of this moment. */
export const fetchNow = (url: string, init: RequestInit): Promise<Response> => globalThis.fetch(url, init)

export const currentDocument = (): Document => document

export const currentLocation = (): Location => location

/** Client hints are Chromium's, and not on pages without TLS. */
type WithClientHints = Navigator & { userAgentData?: { toJSON(): NonNullable<EventContext['userAgentData']> } }

export const currentNavigator = (): WithClientHints => navigator

export const isHidden = (): boolean => document.visibilityState === 'hidden'

/** What the browser says for the visitor; `yes` is of old Firefox. */
export const privacySignals = () => {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: unknown }
  return { gpc: !!globalPrivacyControl, dnt: /^(1|yes)$/.test(`${doNotTrack}`) }
}

/** False only when the browser is sure to be offline. */
export const isOnline = (): boolean => navigator.onLine !== false

export const viewportSize = () => ({ width: innerWidth, height: innerHeight })

export const screenSize = () => ({ width: screen.width, height: screen.height })

/** Listens in the capture phase, before handlers of the page can stop the event. The result stops listening. */
export const listen = (
  target: EventTargetName,
  type: string,
  callback: (event: globalThis.Event) => void,
): (() => void) => {
  const source: EventTarget = target === 'window' ? window : document
  source.addEventListener(type, callback, true)
  return () => source.removeEventListener(type, callback, true)
}

export const setTimer = (callback: () => void, delayMs: number): (() => void) => {
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}

/** Lower-case hex. Rejects on pages without TLS, where WebCrypto is absent. */
export const sha256 = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const warn = (message: string): void => console.warn(message)

/** Globals of the page, for the names that the script tag offers. */
export const pageGlobals = (): Record<string, unknown> => globalThis as Record<string, unknown>
