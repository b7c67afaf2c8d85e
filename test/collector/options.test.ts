import { describe, expect, it } from 'vitest'
import { type CollectorOptions, collectorDefaults, createCollector } from '../../src/collector'
import { resolveOptions } from '../../src/collector/options'
import { testCollector, track } from './helpers/test-collector'

const store = { append: async () => ({ status: 'committed', outcomes: [] }) } as unknown as CollectorOptions['store']
const project = { id: 'shop', key: 'pk', origins: ['https://shop.example'] }
const valid = { projects: [project], store }

describe('resolveOptions', () => {
  it('applies every default', () => {
    expect(resolveOptions(valid)).toEqual({ ...valid, ...collectorDefaults })
    const limits = { maxBodyBytes: 5 }
    expect(resolveOptions({ ...valid, limits }).limits).toEqual({ ...collectorDefaults.limits, ...limits })
  })

  it.each<[string, unknown]>([
    ['options', undefined],
    ['adminTokn', { ...valid, adminTokn: 'x' }],
    ['projects', { store, projects: { shop: project } }],
    ['projects', { forward: [{ name: 'a', encode() {} }] }],
    ['projects', { forward: [{ name: 'a', encode() {} }], projects: [] }],
    ['projects[0].monthlyQuota', { ...valid, projects: [{ ...project, monthlyQuota: -1 }] }],
    ['projects[0].monthlyQuota', { ...valid, projects: [{ ...project, monthlyQuota: '5' }] }],
    [
      'projects[0].monthlyQuota',
      { forward: [{ name: 'a', encode() {} }], projects: [{ ...project, monthlyQuota: 5 }] },
    ],
    ['projects[0].id', { ...valid, projects: [{ ...project, id: '' }] }],
    ['projects[0].key', { ...valid, projects: [{ ...project, key: undefined }] }],
    ['projects[1].id', { ...valid, projects: [project, { ...project, key: 'other' }] }],
    ['projects[1].key', { ...valid, projects: [project, { ...project, id: 'other' }] }],
    ['projects[0].secretKey', { ...valid, projects: [{ ...project, secretKey: 'short' }] }],
    ['projects[0].origins', { ...valid, projects: [{ id: 'a', key: 'b' }] }],
    ['projects[0].origins[0]', { ...valid, projects: [{ ...project, origins: ['shop.example'] }] }],
    ['projects[0].origins[0]', { ...valid, projects: [{ ...project, origins: ['null'] }] }],
    ['projects[0].origins[0]', { ...valid, projects: [{ ...project, origins: ['https://*.github.io'] }] }],
    ['store', { projects: [project] }],
    ['adminToken', { ...valid, adminToken: 'too-short' }],
    ['limits.maxBodyBytes', { ...valid, limits: { maxBodyBytes: 0 } }],
    ['limits.maxBodySize', { ...valid, limits: { maxBodySize: 5 } }],
    ['log', { ...valid, log: 'console' }],
    ['basePath', { ...valid, basePath: 'e' }],
    ['basePath', { ...valid, basePath: '/e/' }],
    ['basePath', { ...valid, basePath: '/:e' }],
    ['script', { ...valid, script: new Uint8Array() }],
    ['scriptName', { ...valid, scriptName: 'firsthand' }],
    ['scriptName', { ...valid, scriptName: 'a/b.js' }],
  ])('names %s when it is wrong', (name, options) => {
    expect(() => createCollector(options as CollectorOptions)).toThrow(`[firsthand] ${name}: `)
  })
})

describe('limits', () => {
  const rejection = async (limits: CollectorOptions['limits'], event: unknown) => {
    const { collector, post } = testCollector({ limits })
    const response = await post({ projectKey: 'pk_shop', batch: [track, event] })
    const { rejected, error } = await response.json()
    await collector.close()
    return error?.code ?? rejected[0]?.code
  }

  it('are applied one by one', async () => {
    const nested = { ...track, properties: { a: { b: { c: { d: 1 } } } } }
    expect(await rejection({ maxBodyBytes: 50 }, track)).toBe('body-too-large')
    expect(await rejection({ maxBatchEvents: 1 }, track)).toBe('too-many-events')
    expect(await rejection({ maxEventBytes: 500 }, { ...track, properties: { a: 'x'.repeat(500) } })).toBe('too-large')
    expect(await rejection({ maxEventDepth: 4 }, nested)).toBe('too-deep')
    expect(await rejection({ maxEventDepth: 5 }, nested)).toBeUndefined()
    expect(await rejection({ maxEventKeys: 7 }, nested)).toBe('too-many-keys')
    expect(await rejection({ maxEventKeys: 9 }, nested)).toBeUndefined()
  })

  it('count bytes, not characters', async () => {
    const event = { ...track, properties: { a: '€'.repeat(200) } }
    expect(await rejection({ maxEventBytes: 600 }, event)).toBe('too-large')
    expect(await rejection({ maxEventBytes: 800 }, event)).toBeUndefined()
  })
})
