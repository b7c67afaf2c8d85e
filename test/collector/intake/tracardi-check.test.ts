import { describe, expect, it } from 'vitest'
import { checkTrack } from '../../../src/collector/intake/tracardi-check'

const source = { id: 'source' }
const event = { type: 'page-view' }
const faults = (body: unknown) => checkTrack(body).map(({ type, loc }) => [type, ...loc])

describe('checkTrack', () => {
  it.each<[object]>([
    [{ source }],
    [{ source, events: [] }],
    [{ source: { id: 's', name: 'n' }, session: null, profile: null, context: null, properties: null }],
    [{ source, session: { id: ' ' }, profile: { id: 'p', ids: [] }, request: {}, options: { saveSession: 'x' } }],
    [{ source, metadata: 5, debug: 'x', device: { id: 1 }, unknown: [] }],
    [{ source, events: [{ ...event, id: null, time: { create: 'x' }, tags: ['a'], options: { fire: true } }] }],
  ])('has nothing against %j', (body) => {
    expect(faults(body)).toEqual([])
  })

  it('says that a source is missing, and what a source without an id misses', () => {
    expect(checkTrack({ events: [] })).toEqual([
      { type: 'missing', loc: ['body', 'source'], msg: 'Field required', input: {} },
    ])
    const place = ['missing', 'body', 'source']
    expect(faults({ source: {} })).toEqual([
      ...['id', 'name', 'type', 'bridge'].map((field) => [...place, 'EventSource', field]),
      [...place, 'Entity', 'id'],
    ])
  })

  it.each<[object, unknown[]]>([
    [{ session: { id: null } }, ['string_type', 'body', 'session', 'id']],
    [{ session: {} }, ['missing', 'body', 'session', 'id']],
    [{ profile: { id: 5 } }, ['string_type', 'body', 'profile', 'id']],
    [{ profile: 'p' }, ['model_attributes_type', 'body', 'profile']],
    [{ context: [] }, ['dict_type', 'body', 'context']],
    [{ options: null }, ['dict_type', 'body', 'options']],
    [{ events: null }, ['list_type', 'body', 'events']],
    [{ events: {} }, ['list_type', 'body', 'events']],
    [{ events: [5] }, ['model_attributes_type', 'body', 'events', 0]],
    [{ events: [event, {}] }, ['missing', 'body', 'events', 1, 'type']],
    [{ events: [{ type: ' ' }] }, ['value_error', 'body', 'events', 0, 'type']],
    [{ events: [{ type: 5 }] }, ['string_type', 'body', 'events', 0, 'type']],
    [{ events: [{ ...event, time: '2026' }] }, ['model_type', 'body', 'events', 0, 'time']],
    [{ events: [{ ...event, properties: [] }] }, ['dict_type', 'body', 'events', 0, 'properties']],
    [{ events: [{ ...event, tags: {} }] }, ['list_type', 'body', 'events', 0, 'tags']],
    [{ events: [{ ...event, id: 5 }] }, ['string_type', 'body', 'events', 0, 'id']],
  ])('says of %j what is wrong and where', (fields, expected) => {
    expect(faults({ source, ...fields })).toEqual([expected])
  })

  it.each([[null], [[]], ['text'], [5]])('says that %j is no body', (body) => {
    expect(faults(body)).toEqual([['model_attributes_type', 'body']])
  })

  it('sends nothing back that is large or deep, and stops at a hundred faults', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    const events = Array.from({ length: 10_000 }, () => ({ type: 'x'.repeat(500), id: {} }))
    const found = checkTrack({ source, context: deep, events })
    expect(found).toHaveLength(100)
    expect(JSON.stringify(found).length).toBeLessThan(20_000)
  })
})
