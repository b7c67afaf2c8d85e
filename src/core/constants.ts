/** Names of the keys under which the visitor is kept; docs/cookies.md describes their values. */
export const CONSTANTS = {
  ANON_ID: '__anon_id',
  USER_ID: '__user_id',
  USER_TRAITS: '__user_traits',
} as const

export const SESSION_KEY = '__fh_session'

/** Whose the stored traits are, so that they are never read as somebody else's. */
export const TRAITS_OWNER_KEY = '__fh_traits_of'
