/** Names of the keys under which the visitor is kept; docs/cookies.md describes their values. */
export const CONSTANTS = {
  ANON_ID: '__anon_id',
  USER_ID: '__user_id',
  USER_TRAITS: '__user_traits',
} as const

export const SESSION_KEY = '__fh_session'

/** The first visit. */
export const FIRST_KEY = '__fh_first'

/** Click ids of the last 90 days. */
export const CLICKS_KEY = '__fh_clicks'

/** The campaign that began the visit, where option `sessionOnCampaign` asks for it. */
export const CAMPAIGN_KEY = '__fh_campaign'

/** What the visitor agreed to. */
export const CONSENT_KEY = '__fh_consent'

/** Where Segment's SDK keeps the visitor. */
export const SEGMENT = {
  userId: 'ajs_user_id',
  anonymousId: 'ajs_anonymous_id',
  traits: 'ajs_user_traits',
} as const

/** Whose the stored traits are, so that they are never read as somebody else's. */
export const TRAITS_OWNER_KEY = '__fh_traits_of'
