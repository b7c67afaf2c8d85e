import type { IdentityConflict, KeyKind } from '../store'
import type { EventRow } from './event-row'
import type { IdentityClaim, IdentityLink } from './identity-graph'

/** What both stores read of the tables `identity_edges` and `anonymous_links`. */
export function toClaim(row: EventRow): IdentityClaim {
  return {
    anonymousId: row.anonymous_id as string,
    userId: row.user_id as string | null,
    linkedId: row.linked_id as string | null,
  }
}

export function toConflict(row: EventRow): IdentityConflict {
  return { anonymousId: row.anonymous_id as string, userId: row.user_id as string, ...toSaid(row) }
}

export function toLink(row: EventRow): IdentityLink {
  return { anonymousId: row.previous_id as string, linkedId: row.anonymous_id as string, ...toSaid(row) }
}

function toSaid(row: EventRow): { keyKind: KeyKind; firstAt: string } {
  return { keyKind: row.key_kind as KeyKind, firstAt: row.first_at as string }
}
