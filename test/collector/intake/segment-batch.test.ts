import { describe, expect, it } from 'vitest'
import { decodeSegmentBatch } from '../../../src/collector/intake/segment-batch'

function decode(body: unknown) {
  const decoded = decodeSegmentBatch(body)
  if (decoded.status === 'malformed') throw new Error(decoded.code)
  return decoded.intake
}

describe('decodeSegmentBatch', () => {
  it('gives each item with the time of sending of its own or of the batch', () => {
    const { items, format } = decode({ sentAt: 'batch', batch: [{ type: 'track' }, { type: 'page', sentAt: 'own' }] })
    expect(format).toBe('segment-batch')
    expect(items.map(({ sentAt }) => sentAt)).toEqual(['batch', 'own'])
  })

  it('gives what the batch says once for all', () => {
    const shared = { context: { locale: 'en' }, integrations: { All: false } }
    expect(decode({ ...shared, batch: [{}] }).shared).toEqual(shared)
    expect(decode({ batch: [{}], context: null }).shared).toEqual({})
  })

  it('takes originalTimestamp where timestamp is missing', () => {
    const { items } = decode({ batch: [{ originalTimestamp: 'a' }, { timestamp: 'b', originalTimestamp: 'a' }] })
    expect(items.map(({ candidate }) => (candidate as { timestamp: string }).timestamp)).toEqual(['a', 'b'])
  })

  it('makes the category of a page a property, under one of the same name', () => {
    const own = { type: 'page', category: 'Docs', properties: { category: 'Own' } }
    const { items } = decode({ batch: [{ type: 'screen', category: 'Docs' }, own, { type: 'track', category: 'x' }] })
    expect(items.map(({ candidate }) => (candidate as { properties?: object }).properties)).toEqual([
      { category: 'Docs' },
      { category: 'Own' },
      undefined,
    ])
  })

  it('leaves the body as it was', () => {
    const body = { batch: [{ type: 'page', category: 'c', originalTimestamp: 'a' }], context: { a: 1 } }
    const before = structuredClone(body)
    decode(body)
    expect(body).toEqual(before)
  })

  it.each([
    ['invalid-batch', null],
    ['invalid-batch', []],
    ['invalid-batch', 'text'],
    ['invalid-batch', {}],
    ['invalid-batch', { batch: {} }],
    ['invalid-batch', { batch: [{}], context: [] }],
    ['invalid-batch', { batch: [{}], integrations: 1 }],
    ['empty-batch', { batch: [] }],
  ])('says %s to %j', (code, body) => {
    expect(decodeSegmentBatch(body)).toMatchObject({ status: 'malformed', code })
  })
})
