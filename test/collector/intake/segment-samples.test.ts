import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { testCollector } from '../helpers/test-collector'

interface Sample {
  note: string
  client: string
  request: { method: string; path: string; headers: Record<string, string> }
  answered: number
  body: Record<string, unknown> | null
}

/** Requests of Segment's own clients, as they were recorded. */
const folder = new URL('./segment-samples/', import.meta.url)
const samples = readdirSync(folder).map((name): [string, Sample] => [
  name,
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
])

const projects = [{ id: 'site', key: 'WRITEKEY', origins: ['http://127.0.0.1:4201'], allowNoOrigin: true }]

type SentEvent = Record<string, unknown>

function sentEvents({ body, request }: Sample): SentEvent[] {
  if (body === null || request.path === '/v1/m') return []
  return Array.isArray(body.batch) ? body.batch : [body]
}

/** What the store has to keep of an event: all of it but what belongs to its transport, and addresses only shortened. */
function expected(sent: SentEvent): object {
  const { sentAt: _sent, writeKey: _key, _metadata, timestamp, category, ...event } = sent
  const { ip } = event.context as { ip?: string }
  const isView = event.type === 'page' || event.type === 'screen'
  return {
    ...{ version: 1, anonymousId: null, userId: null },
    ...event,
    ...(ip && { context: { ...(event.context as object), ip: ip.replace(/\d+$/, '0') } }),
    ...(isView && { properties: { category, ...(event.properties as object) } }),
    originalTimestamp: timestamp,
    project: 'site',
  }
}

describe('a request of a Segment client', () => {
  const closers: (() => Promise<void>)[] = []
  afterAll(() => Promise.all(closers.map((close) => close())))

  it('is at hand for each kind', () => {
    expect(samples.length).toBe(12)
    expect(samples.flatMap(([, sample]) => sentEvents(sample)).length).toBeGreaterThan(20)
  })

  it.each(samples)('%s is stored as it was sent, and answered as Segment does', async (_, sample) => {
    const { collector, send, store } = testCollector({ projects })
    closers.push(collector.close)
    const { method, path, headers } = sample.request
    const { connection: _connection, ...sendable } = headers
    const response = await send(method, path, sample.body ?? undefined, { origin: null, ...sendable })
    expect(response.status).toBe(sample.answered)
    const sent = sentEvents(sample)
    const { events } = await store.events({ limit: 100 })
    const kept = events.reverse().map(({ receivedAt: _at, sentAt: _sentAt, timestamp: _time, ...event }) => event)
    expect(kept).toEqual(sent.map(expected))
    if (method === 'POST') expect(await response.json()).toMatchObject({ success: true })
  })
})
