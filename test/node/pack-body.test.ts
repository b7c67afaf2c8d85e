import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { TransportRequest } from '../../src/core/transport'
import { packBody } from '../../src/node/pack-body'

const request = (body?: string): TransportRequest => ({
  method: 'POST',
  url: 'https://example.com/',
  headers: { 'content-type': 'application/json' },
  ...(body !== undefined && { body }),
})

afterEach(() => void vi.unstubAllGlobals())

describe('the body that leaves as gzip', () => {
  it('is the same after unpacking, also where it has letters of several bytes, and says what it is', async () => {
    const text = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ index, tea: 'Sencha 煎茶 🍵' })))
    const { body, headers } = await packBody(request(text))
    expect(headers).toEqual({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
    expect(gunzipSync(body as Uint8Array).toString('utf8')).toBe(text)
    expect(body.length).toBeLessThan(text.length / 5)
  })

  it('stays as it is where it is small or absent', async () => {
    const small = 'x'.repeat(2_047)
    const headers = { 'content-type': 'application/json' }
    expect(await packBody(request(small))).toEqual({ headers, body: small })
    expect(await packBody(request())).toEqual({ headers, body: '' })
    expect((await packBody(request(`${small}x`))).body).toBeInstanceOf(Uint8Array)
  })

  it('stays as it is in runtimes without compression', async () => {
    vi.stubGlobal('CompressionStream', undefined)
    const text = 'x'.repeat(5_000)
    expect((await packBody(request(text))).body).toBe(text)
  })
})
