import { describe, expect, it } from 'vitest'
import { http } from '../../plugins/http'
import type { Event } from '../../src/core/event'
import type { Transport } from '../../src/core/transport'
import { plainTransport } from '../core/delivery/world'
import { startLoopbackServer } from '../helpers/loopback-server'
import { Analytics } from '../../src/node/server'

/** Runs a transport in the client for servers, with two events that differ in what the process shares. */
async function run(own: Partial<Transport>) {
  const server = await startLoopbackServer((_request, response) => response.end())
  const url = server.url
  const transport = plainTransport({
    encode: (events) => ({ method: 'POST', url, headers: {}, body: JSON.stringify(events) }),
    ...own,
  })
  const analytics = Analytics({ plugins: [transport] })
  analytics.on('error', () => {})
  void analytics.track({ userId: 'u1', event: 'Seen', properties: { index: 1 } })
  void analytics.track({ userId: 'u1', event: 'Seen', properties: { index: 2 }, context: { ip: '1.2.3.4' } })
  const result = await analytics.flush()
  await analytics.close()
  await server.close()
  return { result, bodies: server.received.map(({ body }) => body) }
}

const delivered = { delivered: 2, pending: 0, dropped: 0 }

describe('a transport in the client for servers', () => {
  it('sees events, wherever it looks at them', async () => {
    const seen: Record<string, unknown> = {}
    const note = (name: string, event: Event) =>
      (seen[name] = [event.event, event.properties?.index, Object.keys(event)[0]])
    const { bodies, result } = await run({
      accepts: (event) => Boolean(note('accepts', event)),
      partition: (event) => String(note('partition', event)[0]),
      lane: (event) => String(note('lane', event)[0]),
      decode(_response, events) {
        note('decode', events[1] as Event)
        return { status: 'delivered' }
      },
    })
    expect(result).toEqual(delivered)
    expect(Object.keys(seen).sort()).toEqual(['accepts', 'decode', 'lane', 'partition'])
    expect(new Set(Object.values(seen).map(String))).toEqual(new Set(['Seen,2,timestamp']))
    const [first, second] = JSON.parse(bodies[0] as string) as [Event, Event]
    expect(first.context).toHaveProperty('library')
    expect(second.context).toMatchObject({ ip: '1.2.3.4', runtime: { name: 'node' } })
  })

  it('gets the texts of the same events where it joins them', async () => {
    const looks: unknown[] = []
    const { result } = await run({
      joins: true,
      encode(events, { texts }) {
        const whole = texts?.whole().map((text) => JSON.parse(text)) as Event[]
        const short = texts?.short.map((text) => JSON.parse(text)) as Event[]
        const context = JSON.parse(texts?.shared ?? '')
        looks.push(
          whole,
          short.map((event) => ({ ...event, context: { ...context, ...event.context } })),
        )
        looks.push(
          [...events],
          events.map((event) => event),
          JSON.parse(JSON.stringify(events)),
        )
        return { method: 'POST', url: 'http://127.0.0.1:1', headers: {} }
      },
    })
    expect(result).toMatchObject({ pending: 2 })
    expect(looks[0]).toMatchObject([{ properties: { index: 1 } }, { properties: { index: 2 } }])
    for (const look of looks) expect(look).toEqual(looks[0])
  })

  it('gives whole texts where one of the events says something else than the process', async () => {
    const shared: unknown[] = []
    const server = await startLoopbackServer((_request, response) => response.end())
    const encode: Transport['encode'] = (events, { texts }) => {
      shared.push(texts?.shared, ...(texts?.short ?? []).map((text) => JSON.parse(text)))
      return { method: 'POST', url: server.url, headers: {}, body: `${events.length}` }
    }
    const analytics = Analytics({ plugins: [plainTransport({ joins: true, encode })] })
    void analytics.track({ userId: 'u1', event: 'Seen' })
    void analytics.track({ userId: 'u1', event: 'Seen', context: { library: { name: 'own', version: '1' } } })
    expect(await analytics.close()).toEqual(delivered)
    await server.close()
    expect(shared).toMatchObject([
      '{}',
      { context: { library: { name: 'firsthand' } } },
      { context: { library: { name: 'own', version: '1' }, runtime: { name: 'node' } } },
    ])
  })

  it('to any endpoint sends the same body, joined or not', async () => {
    const server = await startLoopbackServer((_request, response) => response.end())
    const plugins = [
      http({ url: server.url, name: 'joined' }),
      http({ url: server.url, name: 'made', body: (events) => events }),
    ]
    const analytics = Analytics({ plugins })
    void analytics.track({ userId: 'u1', event: 'Seen', properties: { text: '€"' } })
    void analytics.page({ anonymousId: 'a1', name: 'Prices' })
    await analytics.close()
    await server.close()
    const sort = (body: string) =>
      (JSON.parse(body) as Event[]).toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))
    const bodies = server.received
      .flatMap(({ body }) => sort(body))
      .toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))
    expect(bodies).toHaveLength(4)
    expect(bodies[0]).toEqual(bodies[1])
    expect(bodies[2]).toEqual(bodies[3])
  })
})
