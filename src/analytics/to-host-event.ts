import type { Event } from '../core/event'
import { toIdentifier } from '../core/identifier'
import type { Payload, PayloadMeta } from '../core/payload'
import { toEvent } from '../core/to-event'
import { toObject } from '../core/values'
import type { CallName, HostPayload } from './host'
import { ID_PREFIX, type Outbox } from './outbox'

/** Whose a call is, as it was made. */
export interface CallOwner {
  userId: string | null
  anonymousId: string
}

/** What `analytics` does not know of a call, for all plugins to see; set once, by the first of ours. */
export function completeMeta({ platform, instanceId }: Outbox, { meta, options }: HostPayload): void {
  const given = options?.messageId
  const isGiven = typeof given === 'string' && given.length > 0 && given.length <= 100
  meta.messageId ??= isGiven ? given : `${ID_PREFIX}${meta.rid}_${instanceId}`
  meta.context ??= { ...platform.context(), ...toObject(options?.context) }
}

export const ownerOf = (outbox: Outbox, payload: HostPayload): CallOwner => ({
  userId: toIdentifier(payload.userId),
  anonymousId: outbox.anonymousIdOf(payload),
})

export function toHostEvent(
  call: CallName,
  payload: HostPayload,
  owner: CallOwner,
  more?: Partial<PayloadMeta>,
): Event {
  const { options = {}, meta } = payload
  return toEvent({ ...payload, ...owner, type: call, options, meta: { ...meta, ...more } } as Payload)
}
