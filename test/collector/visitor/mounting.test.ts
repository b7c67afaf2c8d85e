import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { lambdaHandler } from '../../../src/collector/lambda'
import { serve } from '../../../src/collector/node/serve'
import { type LambdaEventV1, type LambdaEventV2 } from '../../../src/collector/lambda'
import httpV2 from '../lambda/events/http-v2.json'
import restV1 from '../lambda/events/rest-v1.json'
import { shopBatch, testCollector, track } from '../helpers/test-collector'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const origin = 'http://localhost:3000'
const cookie = '__anon_id=anon-1; __user_id=ann'

function post(port: number, path: string): Promise<Response> {
  return fetch(`http://localhost:${port}${path}/v1/batch`, {
    method: 'POST',
    headers: { origin, cookie },
    body: JSON.stringify(shopBatch({ ...track, userId: 'ann' })),
  })
}

const expected = ['__anon_id=anon-1', '__user_id=ann'].map((pair) => `${pair}; Max-Age=34560000; Path=/; SameSite=Lax`)

describe('several cookies of one answer', () => {
  it('come through serve', async () => {
    const { collector } = testCollector({ cookies: true })
    const { url, close } = await serve(collector, { port: 0, host: 'localhost' })
    closers.push(close)
    expect((await post(Number(new URL(url).port), '')).headers.getSetCookie()).toEqual(expected)
  })

  it('come through an app of Hono', async () => {
    const { collector } = testCollector({ cookies: true, basePath: '/e' })
    const app = new Hono().all('/e/*', (c) => collector.fetch(c.req.raw))
    const answer = await app.request('http://localhost:8080/e/v1/batch', {
      method: 'POST',
      headers: { origin, cookie },
      body: JSON.stringify(shopBatch({ ...track, userId: 'ann' })),
    })
    expect(answer.headers.getSetCookie()).toEqual(expected)
  })

  it('come through an app of Express', async () => {
    const { collector } = testCollector({ cookies: true, basePath: '/e' })
    const listener = getRequestListener((request) => collector.fetch(request), { overrideGlobalObjects: false })
    // Express takes the mount path off the address.
    const app = express().use('/e', (request, response) => {
      request.url = request.originalUrl
      void listener(request, response)
    })
    const server = createServer(app).listen(0, 'localhost')
    closers.push(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    expect((await post((server.address() as AddressInfo).port, '/e')).headers.getSetCookie()).toEqual(expected)
  })

  it('come through both payload versions of Lambda', async () => {
    const domain = 'cookies.shop.example'
    const names = (values: string[] | undefined) => values?.map((value) => value.slice(0, value.indexOf('=')))
    const { collector } = testCollector({ cookies: true })
    const v1 = restV1 as LambdaEventV1
    const body = JSON.stringify(shopBatch({ ...track, userId: 'user-1' }))
    const asked = { ...v1.multiValueHeaders, Host: [domain] }
    const one = await lambdaHandler(collector)({ ...v1, multiValueHeaders: asked, body })
    expect(names(one.multiValueHeaders?.['set-cookie'])).toEqual(['__anon_id', '__user_id'])
    expect(one.multiValueHeaders?.['set-cookie']?.[0]).toContain('; Domain=shop.example; Secure;')
    const v2 = httpV2 as LambdaEventV2
    const second = testCollector({ cookies: true })
    const two = await lambdaHandler(second.collector)({
      ...v2,
      headers: { ...v2.headers, host: domain },
      body,
      isBase64Encoded: false,
    })
    expect(names(two.cookies)).toEqual(['__anon_id', '__user_id'])
    expect(two.headers).not.toHaveProperty('set-cookie')
  })
})
