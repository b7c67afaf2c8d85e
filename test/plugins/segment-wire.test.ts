import { Analytics as SegmentNode } from '@segment/analytics-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { segment } from '../../plugins/segment'
import { Analytics } from '../../src/node/index'
import { Analytics as Server } from '../../src/node/server'
import { serveDouble } from '../doubles/double'
import { createSegmentDouble } from '../doubles/segment/segment-double'
import { differences } from '../helpers/differences'
import type { LoopbackServer } from '../helpers/loopback-server'

type Message = Record<string, unknown> & { type: string; context: Record<string, unknown> }

let server: LoopbackServer

beforeEach(async () => {
  server = await serveDouble(createSegmentDouble('WRITEKEY'))
})
afterEach(() => server.close())

const user = { userId: 'user-1', anonymousId: 'anonymous-1' }
const long = new Date('2012-12-02T00:30:12.984Z')
const context = { ip: '203.0.113.5', userAgent: 'UA/1', campaign: { source: 'news', medium: 'email', name: 'spring' } }
const page = { url: 'https://example.com/', title: 'T' }

/** The same script for both. */
const calls = [
  { call: 'identify', shared: { ...user, traits: { name: 'Ada', plan: 'pro' } } },
  {
    call: 'track',
    shared: { ...user, event: 'Item Purchased', properties: { revenue: 39.95 }, context, integrations: { All: false } },
  },
  { call: 'track', shared: { userId: 'user-1', event: 'Historical', timestamp: long, messageId: 'own-id-1' } },
  { call: 'page', shared: { anonymousId: 'anonymous-1', name: 'Home', properties: page }, category: 'Docs' },
  { call: 'screen', shared: { userId: 'user-1', name: 'Home', properties: { v: 1 } }, category: 'Main' },
  { call: 'group', shared: { ...user, groupId: 'group-1', traits: { name: 'Initech' } } },
  { call: 'alias', shared: { userId: 'user-2', previousId: 'user-1' } },
] as const

type Call = (typeof calls)[number]['call']

async function sendTheirs(): Promise<void> {
  const analytics = new SegmentNode({ writeKey: 'WRITEKEY', host: server.url, flushAt: 100 })
  for (const { call, shared, ...more } of calls) analytics[call]({ ...shared, ...more } as never)
  await analytics.closeAndFlush()
}

async function sendOurs(): Promise<void> {
  const analytics = Server({ plugins: [segment({ writeKey: 'WRITEKEY', host: server.url })] })
  const make = (name: Call) => analytics[name] as unknown as (message: object) => Promise<unknown>
  for (const { call, shared, ...more } of calls) {
    // A category is a property to us.
    const properties = 'properties' in shared && { properties: { ...shared.properties, ...more } }
    await make(call)({ ...shared, ...properties })
  }
  await analytics.close()
}

/** Our requests may be several: each user has a lane. */
const received = () => {
  const requests = server.received.splice(0)
  const bodies = requests.map(({ body }) => JSON.parse(body))
  const batch: Message[] = bodies.flatMap((body) => body.batch)
  return { requests, bodies, batch: new Map(batch.map((message) => [keyOf(message), message])) }
}

const keyOf = ({ type, event }: Message) => `${type} ${event ?? ''}`

/** Every difference between what Segment's own client sends and what ours sends, and why it is there. */
const TABLE = {
  _metadata: 'describes their runtime; Segment ignores it in other clients',
  'context.library': 'each names itself',
  'context.os': 'ours alone: where it ran',
  'context.runtime': 'ours alone: where it ran',
  'context.sequence': 'ours alone: makes gaps visible; Segment keeps unknown context',
  integrations: 'theirs is {} where the caller gave none',
  messageId: 'made by each client',
  properties: 'theirs is {} where the caller gave none',
  'properties.category': 'a category is a property to us, of screens too',
  'properties.name': 'ours is also among the properties, as in their browser client',
  timestamp: 'the moment of the call',
}

/** `firsthand` under Node is one visitor: what it knows of them, it adds. */
const VISITOR_TABLE = {
  ...TABLE,
  anonymousId: 'ours is always known',
  userId: 'ours is on every event after identify',
  'context.locale': 'of the process',
  'context.session': 'ours alone: the visit; Segment keeps unknown context',
  'context.timezone': 'of the process',
}

describe('the bodies that Segment gets', () => {
  it('from firsthand/node are those of its own client, but for what the table names', async () => {
    await sendTheirs()
    const theirs = received()
    await sendOurs()
    const ours = received()
    expect([...ours.batch.keys()].sort()).toEqual([...theirs.batch.keys()].sort())
    const found = [...theirs.batch].flatMap(([key, message]) => differences(message, ours.batch.get(key)))
    // The libraries have two keys each.
    const top = found.map((path) => path.replace(/^(_metadata|context\.\w+)\..*/, '$1'))
    expect([...new Set(top)].sort()).toEqual(Object.keys(TABLE).sort())
    for (const path of ['campaign', 'ip', 'userAgent'])
      expect(ours.batch.get('track Item Purchased')?.context[path]).toEqual(context[path as 'ip'])
    expect(ours.batch.get('track Historical')).toMatchObject({ messageId: 'own-id-1', timestamp: long.toISOString() })
    expect(ours.batch.get('track Item Purchased')?.integrations).toEqual({ All: false })
  })

  it('come with the same envelope, path and authentication', async () => {
    await sendTheirs()
    const theirs = received()
    await sendOurs()
    const ours = received()
    const envelope = (body: object) => Object.keys(body).sort()
    for (const body of ours.bodies) expect(envelope(body)).toEqual(envelope(theirs.bodies[0]))
    for (const { method, path, headers } of ours.requests) {
      const { 'content-type': type, authorization } = theirs.requests[0]?.headers ?? {}
      expect({ method, path }).toEqual({ method: 'POST', path: theirs.requests[0]?.path })
      expect(headers).toMatchObject({ 'content-type': type, authorization })
    }
  })

  it('from one visitor in Node differ in who the visitor is, and in nothing else that the table does not name', async () => {
    const theirs = new SegmentNode({ writeKey: 'WRITEKEY', host: server.url, flushAt: 100 })
    theirs.identify({ ...user, traits: { name: 'Ada' } })
    theirs.track({ ...user, event: 'Item Purchased', properties: { revenue: 39.95 }, context })
    theirs.group({ userId: 'user-1', groupId: 'group-1', traits: { name: 'Initech' } })
    await theirs.closeAndFlush()
    const expected = received()
    const ours = Analytics({
      plugins: [segment({ writeKey: 'WRITEKEY', host: server.url })],
      initialUser: { anonymousId: 'anonymous-1' },
    })
    await ours.identify('user-1', { name: 'Ada' })
    await ours.track('Item Purchased', { revenue: 39.95 }, { context })
    await ours.group('group-1', { name: 'Initech' })
    await ours.close()
    const { batch } = received()
    expect([...batch.keys()]).toEqual([...expected.batch.keys()])
    const found = [...expected.batch].flatMap(([key, message]) => differences(message, batch.get(key)))
    const top = found.map((path) => path.replace(/^(_metadata|context\.\w+)\..*/, '$1'))
    expect(top.filter((path) => !(path in VISITOR_TABLE))).toEqual([])
    expect(batch.get('track Item Purchased')).toMatchObject({ ...user, context })
  })
})
