import type { Client } from './client'
import type { Audience } from './listeners'
import type { Payload } from './payload'

/** Takes an event that the client itself makes through the lifecycle; inside a job. */
export function perform(client: Client, event: { type: string; [key: string]: unknown }, audience?: Audience): void {
  const { platform } = client
  const meta = { rid: platform.id(), ts: platform.now() }
  client.run({ payload: { ...event, meta } as unknown as Payload, collected: [], audience })
}
