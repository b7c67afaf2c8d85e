import { toCampaign } from '../core/campaign'
import type { EventContext } from '../core/event'
import { LIBRARY } from '../core/version'
import { currentDocument, currentLocation, currentNavigator, screenSize, viewportSize } from './globals'

/** Decoded parameters of the address, the first of a name. */
export const query = (): Record<string, string> =>
  Object.fromEntries([...new URLSearchParams(currentLocation().search)].reverse())

/** The address without its hash, or the canonical one with the parameters, as `analytics` reports it. */
const pageUrl = (search: string): string => {
  const canonical = currentDocument().querySelector('link[rel=canonical]')?.getAttribute('href')
  if (!canonical) return currentLocation().href.replace(/#.*$/, '')
  return canonical.includes('?') ? canonical : canonical + search
}

/** What follows the first `/` after the host; a canonical address may lack the host. */
const pathOf = (url: string): string => `/${/(?:https?:\/\/)?[^/\s]+\/([^?#]*)/.exec(url)?.[1] ?? ''}`

/** The properties of `page()`, keys and rules of `analytics`. */
export const pageProperties = (): Record<string, unknown> => {
  const { title, referrer } = currentDocument()
  const { hash, search } = currentLocation()
  const url = pageUrl(search)
  return { title, url, path: pathOf(url), hash, search, ...viewportSize(), ...(referrer && { referrer }) }
}

/** An address of 8,000 characters, four times in a page event, would be more than an event may have. */
const cut = (text: string): string => text.slice(0, 2048)

/** Asked once: Chromium takes 0.3 ms for it, ten times as long as for all the rest. */
let timezone: string | undefined
let hints: EventContext['userAgentData']

/** `page.url` is where the visitor really is, for the collector checks it; a canonical address may be of another origin. */
export const context = (): EventContext => {
  const { hash, width, height, ...page } = pageProperties() as Record<string, string> &
    Record<'width' | 'height', number>
  const { language: locale, userAgent, userAgentData } = currentNavigator()
  const campaign = page.search && toCampaign(query())
  timezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone
  return {
    library: LIBRARY,
    page: { ...page, url: cut(currentLocation().href.replace(/#.*$/, '')), search: cut(page.search as string) },
    ...(campaign && { campaign }),
    locale,
    timezone,
    userAgent,
    ...(userAgentData && { userAgentData: { ...(hints ??= userAgentData.toJSON()) } }),
    screen: screenSize(),
    viewport: { width, height },
  }
}
