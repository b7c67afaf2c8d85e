import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { RequestInfo } from '../../../src/collector'
import { type LambdaEvent, type LambdaEventV1, type LambdaEventV2, lambdaHandler } from '../../../src/collector/lambda'
import { testCollector } from '../helpers/test-collector'
import httpV2 from './events/http-v2.json'
import restV1 from './events/rest-v1.json'

const v1 = restV1 as LambdaEventV1
const v2 = httpV2 as LambdaEventV2
/** A function URL has no stage of its own. */
const functionUrl: LambdaEventV2 = {
  ...v2,
  rawPath: '/v1/batch',
  requestContext: { ...v2.requestContext, stage: '$default' },
}
const kinds: [string, LambdaEvent][] = [
  ['a REST API (1.0)', v1],
  ['an HTTP API with a stage (2.0)', v2],
  ['a function URL', functionUrl],
]

/** What a collector would be asked, and a handler that answers as told. */
function record(answer = new Response('ok'), pathPrefix?: string) {
  const asked: { request: Request; info?: RequestInfo }[] = []
  const handler = lambdaHandler(
    {
      async fetch(request, info) {
        asked.push({ request, info })
        return answer
      },
    },
    { pathPrefix },
  )
  return { asked, handler }
}

describe('lambdaHandler', () => {
  it.each(kinds)('asks the collector what the browser has asked of %s', async (_, event) => {
    const { asked, handler } = record()
    await handler(event, { getRemainingTimeInMillis: () => 3000 })
    const { request, info } = asked[0] as (typeof asked)[0]
    const url = new URL(request.url)
    expect(`${request.method} ${url.origin}${url.pathname}`).toBe(
      'POST https://abc123.execute-api.eu-central-1.amazonaws.com/v1/batch',
    )
    expect(url.searchParams.getAll('tag')).toEqual(['two words'])
    expect(url.searchParams.getAll('list')).toEqual(['a&', 'b'])
    expect(request.headers.get('cookie')).toBe('__anon_id=anon-1; __user_id=user-1')
    expect(request.headers.get('origin')).toBe('https://shop.example')
    expect(await request.json()).toMatchObject({ batch: [{ properties: { title: 'Tee für zwei' } }] })
    expect(info).toEqual({ remoteAddress: '203.0.113.7', timeoutMs: 2500 })
  })

  it.each(kinds)('stores what comes by %s', async (_, event) => {
    const { collector, stored } = testCollector()
    const result = await lambdaHandler(collector)(event)
    expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: false })
    expect(JSON.parse(result.body)).toMatchObject({ success: true, accepted: 1 })
    expect(result.headers['access-control-allow-origin']).toBe('https://shop.example')
    expect(await stored()).toMatchObject([{ messageId: 'm-1', properties: { title: 'Tee für zwei' } }])
  })

  it('unpacks a body that the browser has packed', async () => {
    const { collector, stored } = testCollector()
    const body = gzipSync(v1.body as string).toString('base64')
    const headers = { ...v2.headers, 'content-encoding': 'gzip' }
    const result = await lambdaHandler(collector)({ ...v2, headers, body })
    expect(result.statusCode).toBe(200)
    expect(await stored()).toHaveLength(1)
  })

  it('gives bytes as base64 and text as text', async () => {
    const { collector } = testCollector()
    const handler = lambdaHandler(collector)
    const pixel = await handler({
      ...v1,
      httpMethod: 'GET',
      path: '/pixel.gif',
      body: null,
      multiValueQueryStringParameters: { projectKey: ['pk_shop'], type: ['page'], anonymousId: ['a'] },
    })
    expect(pixel).toMatchObject({ statusCode: 200, isBase64Encoded: true })
    expect(pixel.headers['content-type']).toBe('image/gif')
    expect(Buffer.from(pixel.body, 'base64').subarray(0, 3).toString()).toBe('GIF')
    const healthy = await handler({ ...v1, httpMethod: 'GET', path: '/healthz', body: null })
    expect(healthy).toMatchObject({ body: '{"status":"ok"}', isBase64Encoded: false })
    const packed = await record(new Response('x', { headers: { 'content-encoding': 'gzip' } })).handler(v1)
    expect(packed).toMatchObject({ body: btoa('x'), isBase64Encoded: true })
  })

  it('gives each cookie on its own, in the words of either version', async () => {
    const cookies = ['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2']
    const answer = () =>
      new Response(null, { status: 204, headers: cookies.map((value): [string, string] => ['set-cookie', value]) })
    const one = await record(answer()).handler(v1)
    expect(one).toMatchObject({ statusCode: 204, body: '', multiValueHeaders: { 'set-cookie': cookies } })
    expect(one.headers['set-cookie']).toBeUndefined()
    const two = await record(answer()).handler(v2)
    expect(two).toMatchObject({ cookies })
    expect(two.headers['set-cookie']).toBeUndefined()
    expect(two.multiValueHeaders).toBeUndefined()
  })

  it.each([
    ['/e/v1/batch', '/v1/batch'],
    ['/e', '/'],
    ['/events', '/events'],
  ])('takes the prefix of a mapping away: %s is %s', async (path, seen) => {
    const { asked, handler } = record(new Response(), '/e')
    await handler({ ...v1, path })
    await handler({ ...functionUrl, rawPath: path })
    expect(asked.map(({ request }) => new URL(request.url).pathname)).toEqual([seen, seen])
  })

  it('answers a preflight', async () => {
    const { collector } = testCollector()
    const result = await lambdaHandler(collector)({
      ...v1,
      httpMethod: 'OPTIONS',
      body: null,
      multiValueHeaders: { ...v1.multiValueHeaders, 'Access-Control-Request-Method': ['POST'] },
    })
    expect(result.statusCode).toBe(204)
    expect(result.headers['access-control-allow-origin']).toBe('https://shop.example')
  })

  it('reads single headers and parameters where there are no lists', async () => {
    const { asked, handler } = record()
    await handler({ ...v1, multiValueHeaders: null, multiValueQueryStringParameters: null })
    const { request } = asked[0] as (typeof asked)[0]
    expect(request.headers.get('origin')).toBe('https://shop.example')
    expect(new URL(request.url).search).toBe('?tag=two+words&list=b')
  })

  it('throws with what to do where it is not asked by HTTP, or made without a collector', async () => {
    const { collector } = testCollector()
    await expect(lambdaHandler(collector)({ source: 'aws.events' } as unknown as LambdaEvent)).rejects.toThrow(
      '[firsthand] event: ',
    )
    expect(() => lambdaHandler(undefined as unknown as typeof collector)).toThrow('[firsthand] collector: ')
    expect(() => lambdaHandler(collector, { pathPrefix: 'e/' })).toThrow('[firsthand] pathPrefix: ')
  })
})
