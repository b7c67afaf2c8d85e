import type { Event, EventContext, Properties } from '../../src/core/event'

/** Types that Tracardi knows by itself where it has one, so that it fills profile and session from them. */
const TYPES: Record<string, string> = { page: 'page-view', screen: 'screen-view', identify: 'identification' }

export const typeOf = (event: Event, types: Record<string, string>): string => {
  const name = event.event ?? event.type
  return types[name] ?? (event.event === undefined ? (TYPES[name] ?? name) : name)
}

export const propertiesOf = ({ type, userId, groupId, previousId, properties, traits }: Event): Properties => {
  if (type === 'identify') return { ...traits, id: userId ?? undefined }
  if (type === 'group') return { ...traits, groupId }
  return type === 'alias' ? { userId, previousId } : { ...properties }
}

export const toTracardiEvent = (event: Event, type: string) => ({
  id: event.messageId,
  type,
  time: { create: event.timestamp },
  properties: propertiesOf(event),
  context: { page: pageOf(event.context) },
})

const pageOf = ({ page }: EventContext) => {
  if (!page) return
  const { url, path, title, referrer } = page
  const [, host, query] = /^\w+:\/\/([^/?#]*)[^?#]*\??([^#]*)/.exec(referrer ?? '') ?? []
  return { url, path, hash: url?.split('#')[1], title, referer: { host, query } }
}

/** What Tracardi merges into the session. */
export const sessionContextOf = ({ campaign, timezone, locale, screen, userAgent }: EventContext) => ({
  time: { tz: timezone },
  browser: { local: { browser: { language: locale, userAgent } } },
  screen: { local: screen },
  ...(campaign && { utm: { ...campaign, campaign: campaign.name, name: undefined } }),
})
