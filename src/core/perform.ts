import type { Client } from './client'
import type { Audience } from './listeners'
import type { Payload, PayloadMeta } from './payload'

export const newMeta = (client: Client): PayloadMeta => ({ rid: client.id(), ts: client.now() })

/** Takes an event that the client itself makes through the lifecycle; inside a job. */
export const perform = (client: Client, event: { type: string; [key: string]: unknown }, audience?: Audience): void =>
  client.run({ ...event, meta: newMeta(client) } as unknown as Payload, { audience })
