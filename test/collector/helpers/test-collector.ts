import { type CollectorOptions, createCollector, type LogEntry, type StoredEvent } from '../../../src/collector'
import { sqliteStore } from '../../../src/collector/stores/sqlite'

export const adminToken = 'admin-token-for-tests'
export const siteOrigin = 'https://shop.example'

export const projects = [
  {
    id: 'shop',
    key: 'pk_shop',
    secretKey: 'sk_shop_0123456789',
    origins: [siteOrigin, 'https://*.shop.example', 'http://localhost:3000'],
  },
  { id: 'app', key: 'pk_app', origins: [], allowNoOrigin: true },
]

/** A collector over an in-memory store, and what it logged. */
export function testCollector(options: Partial<CollectorOptions> = {}) {
  const logged: LogEntry[] = []
  const store = options.store ?? sqliteStore({ path: ':memory:' })
  const collector = createCollector({ projects, store, adminToken, log: (entry) => logged.push(entry), ...options })

  /** Posts to `/v1/batch` as a page of the shop does; headers that are null are left out. */
  function post(body: unknown, headers: Record<string, string | null> = {}, query = ''): Promise<Response> {
    const all = { origin: siteOrigin, 'content-type': 'text/plain;charset=UTF-8', ...headers }
    const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
    const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
    return collector.fetch(
      new Request(`http://collector.test/v1/batch${query}`, {
        method: 'POST',
        headers: present,
        body: (raw ? body : JSON.stringify(body)) as BodyInit,
        duplex: 'half',
      } as RequestInit),
    )
  }

  function admin(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${adminToken}` }
    return collector.fetch(new Request(`http://collector.test${path}`, { headers }))
  }

  /** Any request of a page of the shop; an object is sent as JSON, headers that are null are left out. */
  function send(method: string, path: string, body?: unknown, headers: Record<string, string | null> = {}) {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const present = Object.entries({ origin: siteOrigin, ...type, ...headers }).filter(([, value]) => value !== null)
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    return collector.fetch(
      new Request(`http://collector.test${path}`, {
        method,
        headers: present as [string, string][],
        body: (raw ? body : JSON.stringify(body)) as BodyInit,
      }),
      { remoteAddress: '203.0.113.7' },
    )
  }

  /** The newest events of the store, oldest first. */
  async function stored(limit = 1): Promise<StoredEvent[]> {
    const { events } = await store.events({ limit })
    return events.reverse()
  }

  return { collector, store, logged, post, send, stored, admin }
}

/** A batch of the shop. */
export function shopBatch(...batch: unknown[]) {
  return { projectKey: 'pk_shop', batch }
}

export const track = { type: 'track', event: 'Button Clicked', anonymousId: 'anon-1' }
