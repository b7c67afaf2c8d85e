import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBody } from '../../src/collector/read-body'

const request = (body: BodyInit, headers: Record<string, string>) =>
  new Request('http://collector.test/', { method: 'POST', body, headers })
const packed = (bytes: Uint8Array, encoding = 'gzip') =>
  request(new Uint8Array(bytes), { 'content-encoding': encoding })
const codeOf = (reading: Promise<unknown>) =>
  reading.then(
    () => 'read',
    (problem) => problem.code,
  )

describe('readBody', () => {
  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
  ])('unpacks %s', async (encoding, pack) => {
    expect(await readBody(packed(pack('{"a":"ü"}'), encoding), 1_000)).toBe('{"a":"ü"}')
  })

  it('takes `identity` for what it is', async () => {
    expect(await readBody(packed(Buffer.from('{}'), 'identity'), 1_000)).toBe('{}')
  })

  it('stops unpacking at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    expect(bomb.byteLength).toBeLessThan(100_000)
    const before = process.memoryUsage().arrayBuffers
    expect(await codeOf(readBody(packed(bomb), 100_000))).toBe('body-too-large')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
  })

  it('counts packed bytes as well', async () => {
    expect(await codeOf(readBody(packed(gzipSync('a'), 'gzip'), 5))).toBe('body-too-large')
  })

  it.each([
    ['text', Buffer.from('{"a":1}')],
    ['a part', gzipSync('{"a":1}').subarray(0, 15)],
    ['nothing', new Uint8Array()],
    ['what has been changed', gzipSync('{"a":1}').fill(0, 12, 16)],
  ])('refuses %s that is called gzip', async (_, bytes) => {
    expect(await codeOf(readBody(packed(bytes), 1_000))).toBe('invalid-encoding')
  })

  it('refuses other encodings and charsets', async () => {
    expect(await codeOf(readBody(packed(gzipSync('a'), 'br'), 1_000))).toBe('unsupported-encoding')
    const latin = request('{}', { 'content-type': 'text/plain; charset=iso-8859-1' })
    expect(await codeOf(readBody(latin, 1_000))).toBe('unsupported-charset')
  })
})
