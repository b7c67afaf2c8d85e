import type { Client } from './client'
import { CLICKS_KEY } from './constants'
import type { ClickId, ClickIds, EventContext } from './event'
import { fits } from './first-visit'
import { toObject } from './values'

/** As far back as advertisers look. */
const MAX_AGE_MS = 90 * 86_400_000

/** Names of the parameters. Those of one platform are joined by commas: a new click replaces what it had. */
const platforms = (
  'gclid,gbraid,wbraid,gclsrc dclid srsltid fbclid igshid,igsh msclkid ttclid twclid li_fat_id epik ScCid,sccid ' +
  'rdt_cid qclid yclid ysclid dicbo,obclid tblci irclickid _kx mc_eid,mc_cid _branch_match_id'
).split(' ')

/** Real ones have at most 300 characters, of those that need no escape. */
const valid = /^[\w.~+/=:|*!-]{1,400}$/

/** Click ids of these parameters, and of earlier addresses the newest of each platform. */
const updateClickIds = (client: Client, query: Record<string, string>): ClickIds => {
  const known = toObject(client.storage.getItem(CLICKS_KEY))
  // No click id has a space: there was a plus.
  const here = (name: string) => query[name]?.replace(/ /g, '+') ?? ''
  const found: [name: string, clickId: ClickId][] = []
  for (const platform of platforms) {
    const names = platform.split(',')
    const isHere = names.some((name) => valid.test(here(name)))
    for (const name of names) {
      const old = toObject(known[name])
      const value = isHere ? here(name) : `${old.value ?? ''}`
      const firstSeenAt = isHere && value !== old.value ? client.now() : Number(old.firstSeenAt)
      if (valid.test(value) && Math.abs(client.now() - firstSeenAt) < MAX_AGE_MS)
        found.push([name, { value, firstSeenAt }])
    }
  }
  // Anybody may write a link with more than a cookie holds: the newest count.
  found.sort(([, a], [, b]) => b.firstSeenAt - a.firstSeenAt)
  let clickIds: ClickIds
  do clickIds = Object.fromEntries(found)
  while (!fits(clickIds) && found.pop())
  if (found[0]) client.storage.setItem(CLICKS_KEY, clickIds)
  return clickIds
}

/** Adds to the context of the platform the click ids by which the visitor came, to this page or in the last 90 days. */
export const withClickIds = (client: Client, context: () => EventContext): (() => EventContext) => {
  let clickIds: ClickIds
  let search: string | undefined
  let visitor: string | null | undefined
  return () => {
    const found = context()
    const isElsewhere = !clickIds || found.page?.search !== search
    const anonymousId = client.state?.user.anonymousId
    if (isElsewhere || anonymousId !== visitor) {
      // The next visitor did not come by what still stands in the address.
      clickIds = updateClickIds(client, isElsewhere ? client.query() : {})
      search = found.page?.search
      visitor = anonymousId
    }
    if (Object.keys(clickIds)[0]) found.clickIds = clickIds
    return found
  }
}
