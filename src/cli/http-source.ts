import { CliError } from './cli-error'
import type { EventPage, EventSource } from './event-source'

/** Reads from a collector by `GET /admin/events?after=`. */
export function createHttpSource(address: string, token: string): EventSource {
  if (!URL.canParse(address))
    throw new CliError(`--url: "${address}" is no address, such as https://events.example.com`, 2)
  const url = new URL(`${address.replace(/\/+$/, '')}/admin/events`)

  async function read(after: string, limit: number): Promise<EventPage> {
    url.search = new URLSearchParams({ after, limit: String(limit) }).toString()
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).catch((error: Error) => {
      const { message } = (error.cause as Error | undefined) ?? error
      throw new CliError(`${url.origin} cannot be reached: ${message || error.message}`)
    })
    if (response.ok) {
      const { events, next } = (await response.json()) as { events: EventPage['events']; next: string }
      return { events, cursor: next }
    }
    await response.body?.cancel()
    throw new CliError(`${url.origin}${url.pathname} ${reasons[response.status] ?? `answers ${response.status}`}`)
  }

  return {
    latest: (limit) => read('latest', limit),
    eventsAfter: (cursor, limit) => read(cursor ?? '0', limit),
    close: async () => {},
  }
}

const reasons: Record<number, string> = {
  401: 'does not take this admin token',
  404: 'is not there: is it a collector, with an admin token, and is its base path part of --url?',
}
