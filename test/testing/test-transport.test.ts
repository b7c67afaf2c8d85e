import { describe, expect, it } from 'vitest'
import type { Transport, TransportRequest, TransportResponse, TransportResult } from '../../src/core/transport'
import { testTransport, type TransportSubject } from '../../src/testing'

const byStatus = ({ status, body }: TransportResponse): TransportResult => {
  if (status < 300) return body === 'stored' ? { status: 'delivered' } : { status: 'retry', reason: 'not-stored' }
  if (status === 401) return { status: 'paused', reason: 'key' }
  return { status: status < 500 && status >= 400 && status !== 429 ? 'rejected' : 'retry', reason: `http-${status}` }
}

const good = (): Transport => ({
  name: 'good',
  deduplicates: true,
  limits: { maxBatchEvents: 100, maxBatchBytes: 400_000 },
  encode: (events, { sentAt }) => ({
    method: 'POST',
    url: 'https://example.com/',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ sentAt, events }),
  }),
  decode: byStatus,
})

const subjectOf = (change: (transport: Transport) => Partial<Transport>): TransportSubject => ({
  create: () => {
    const transport = good()
    return { ...transport, ...change(transport) }
  },
  success: () => ({ status: 200, body: 'stored' }),
  lie: { status: 200, body: '<!doctype html>' },
  maxRequestBytes: 500_000,
  runtimes: ['browser'],
})

/** Titles of the tests that a subject fails. */
async function failuresOf(subject: TransportSubject): Promise<string[]> {
  const tests: [title: string, run: () => Promise<void>][] = []
  testTransport('any', subject, { describe: (_, define) => define(), it: (...test) => tests.push(test) })
  const failures = new Set<string>()
  for (const [title, run] of tests) await run().catch(() => failures.add(title))
  return [...failures]
}

let count = 0

/** Each breaks one promise; the suite has to see it. */
const broken: [what: string, change: (transport: Transport) => Partial<Transport>, failure: string][] = [
  [
    'believes any 200',
    () => ({ decode: (response) => byStatus({ ...response, body: 'stored' }) }),
    'success that lies',
  ],
  [
    'drops on 500',
    () => ({ decode: (r) => byStatus({ ...r, status: r.status === 500 ? 400 : r.status }) }),
    'after 500',
  ],
  [
    'drops on 429',
    () => ({ decode: (r) => byStatus({ ...r, status: r.status === 429 ? 400 : r.status }) }),
    'after 429',
  ],
  [
    'drops on 401',
    () => ({ decode: (r) => byStatus({ ...r, status: r.status === 401 ? 400 : r.status }) }),
    'after 401',
  ],
  [
    'retries 400',
    () => ({ decode: (r) => byStatus({ ...r, status: r.status === 400 ? 500 : r.status }) }),
    'after 400',
  ],
  [
    'ignores Retry-After',
    () => ({ decode: (r) => (r.status === 429 ? { status: 'retry', reason: '429', afterMs: 1 } : byStatus(r)) }),
    'before Retry-After',
  ],
  [
    'rejects each event of a batch that is too big',
    () => ({
      decode: (response, events) =>
        response.status === 413 ? events.map(() => ({ status: 'rejected', reason: '413' })) : byStatus(response),
    }),
    'only small requests',
  ],
  [
    'changes events',
    ({ encode }) => ({
      encode: (events, context) => {
        for (const event of events) event.context = {}
        return encode(events, context)
      },
    }),
    'changes none of them',
  ],
  [
    'makes another request at each try',
    ({ encode }) => ({
      encode: (events, context) => ({ ...encode(events, context), url: `https://${++count}.example/` }) as never,
    }),
    'the same request',
  ],
  [
    'has an impure partition',
    () => ({
      partition: (
        (tab) => () =>
          tab
      )(`${++count}`),
    }),
    'same partition and lane',
  ],
  ['never names the same partition', () => ({ partition: () => `${++count}` }), 'same partition and lane'],
  ['is asynchronous', ({ encode }) => ({ encode: async (...args) => encode(...args) }), 'while the page goes away'],
  ['exceeds its bytes', () => ({ limits: { maxBatchBytes: 900_000 } }), 'the bytes that one request'],
  [
    'cannot express a page',
    ({ encode }) => ({
      encode: (events, context) =>
        events.some(({ type }) => type === 'page') ? { status: 'rejected', reason: 'page' } : encode(events, context),
    }),
    'events of every type',
  ],
  [
    'pauses with the last event of what shall be tried again',
    () => ({
      decode: (response, events) =>
        response.status === 500
          ? events.map((_, index) =>
              index && index === events.length - 1 ? { status: 'paused', reason: '' } : { status: 'retry', reason: '' },
            )
          : byStatus(response),
    }),
    'every event after 500',
  ],
  [
    'throws at an answer that it does not know',
    () => ({ decode: (r) => byStatus({ ...r, body: r.status === 207 ? JSON.parse(r.body) : r.body }) }),
    'any answer',
  ],
  [
    'answers with nonsense',
    () => ({ decode: (r) => (r.status === 204 ? ({ status: 'ok' } as never) : byStatus(r)) }),
    'any answer',
  ],
]

/** One that sends nothing. */
const local = (change: Partial<Transport> = {}): TransportSubject => ({
  create: () => ({ ...good(), encode: () => ({ status: 'delivered' }), decode: byStatus, ...change }),
  success: () => ({ status: 200 }),
  lie: null,
  isLocal: true,
})

describe('the suite for transports', () => {
  it('finds nothing in one that sends nothing, and finds out one that sends after all or loses events', async () => {
    expect(await failuresOf(local())).toEqual([])
    const sends = expect.stringContaining('sends nothing')
    expect(await failuresOf(local({ encode: good().encode }))).toEqual(expect.arrayContaining([sends]))
    const loses = local({ encode: () => ({ status: 'rejected', reason: 'no' }) })
    expect(await failuresOf(loses)).toEqual(expect.arrayContaining([sends]))
  })

  it('finds nothing in a transport that keeps its promises', async () => {
    expect(await failuresOf({ ...subjectOf(() => ({})), runtimes: undefined })).toEqual([])
  })

  it.each(broken)('finds out one that %s', async (_, change, failure) => {
    expect(await failuresOf(subjectOf(change))).toEqual(expect.arrayContaining([expect.stringContaining(failure)]))
  })

  it('finds nothing in one whose receiver takes only small events, or small requests', async () => {
    for (const limits of [{ maxEventBytes: 4_096 }, { maxEventBytes: 16_384 }, { maxBatchBytes: 8_192 }])
      expect(await failuresOf({ ...subjectOf(() => ({ limits })), maxRequestBytes: undefined })).toEqual([])
  })

  it('finds out an asynchronous one that is declared and sends at exit after all', async () => {
    const subject = { ...subjectOf(() => ({})), isAsync: true }
    expect(await failuresOf(subject)).toEqual(['sends nothing while the page goes away'])
  })

  it('finds out one that sends no more than the host has cut short', async () => {
    const joining = (part: 'short' | 'shared'): TransportSubject => ({
      ...subjectOf(({ encode }) => ({
        joins: true,
        encode: (events, context) => ({
          ...(encode(events, context) as TransportRequest),
          ...(context.texts && { body: `${context.texts[part]}` }),
        }),
      })),
      runtimes: ['node'],
    })
    const failure = 'carries every event, and what they have in common, where the host has them as text'
    expect(await failuresOf(joining('short'))).toEqual([failure])
    expect(await failuresOf(joining('shared'))).toEqual([failure])
  })

  it('says in the failure what was expected and what was found', async () => {
    const tests: (() => Promise<void>)[] = []
    const subject = subjectOf(() => ({ decode: () => ({ status: 'delivered' }) }))
    testTransport('any', subject, {
      describe: (_, define) => define(),
      it: (title, run) => title.includes('after 500') && tests.push(run),
    })
    await expect(tests[0]?.()).rejects.toThrow('events that count as delivered: expected 0, found 3')
  })
})
