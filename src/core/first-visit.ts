import type { Client } from './client'
import { FIRST_KEY } from './constants'
import type { ClickIds } from './event'
import type { KeyValueStorage } from './platform'
import { toObject } from './values'

/** How the visitor came here for the first time; the cookie `__fh_first`, docs/cookies.md. */
export interface FirstVisit {
  v: 1
  /** Epoch milliseconds. */
  at: number
  /** At most 300 characters, like `referrer`. */
  url: string
  referrer?: string
  campaign?: Record<string, string>
  clickIds?: ClickIds
}

/** Escaped as a cookie, so that it stays below 2 kB. */
export const fits = (value: object): boolean => encodeURIComponent(JSON.stringify(value)).length < 1900

/** Writes it down, once; what does not fit is left out: the campaign first, then the click ids. */
export const saveFirstVisit = (client: Client): void => {
  const { page, campaign, clickIds } = client.context()
  if (!page?.url || readFirstVisit(client.storage)) return
  const bare = { v: 1, at: client.now(), url: page.url.slice(0, 300), referrer: page.referrer?.slice(0, 300) }
  client.storage.setItem(
    FIRST_KEY,
    [
      { ...bare, campaign, clickIds },
      { ...bare, clickIds },
    ].find(fits) ?? bare,
  )
}

/** What is written down, if it has the form: anybody may write a cookie. */
export const readFirstVisit = (storage: KeyValueStorage): FirstVisit | null => {
  const first = toObject(storage.getItem(FIRST_KEY)) as Partial<FirstVisit>
  return first.v === 1 && first.at && typeof first.url === 'string' ? (first as FirstVisit) : null
}
