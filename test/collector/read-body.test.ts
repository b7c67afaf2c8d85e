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

  it('unpacks what the address says is packed, as pages cannot say it in a header without a preflight', async () => {
    const sent = (parameter: string, headers = {}) =>
      new Request(`http://collector.test/v1/batch?${parameter}`, {
        method: 'POST',
        body: new Uint8Array(gzipSync('{"a":"ü"}')),
        headers,
      })
    expect(await readBody(sent('encoding=gzip'), 1_000)).toBe('{"a":"ü"}')
    expect(await readBody(sent('writeKey=pk&encoding=gzip'), 1_000)).toBe('{"a":"ü"}')
    // A proxy that has seen the header, or a client that says both, has packed once.
    expect(await readBody(sent('encoding=gzip', { 'content-encoding': 'gzip' }), 1_000)).toBe('{"a":"ü"}')
    expect(await codeOf(readBody(sent('encoding=br'), 1_000))).toBe('unsupported-encoding')
    expect(await codeOf(readBody(sent('myencoding=gzip'), 1_000))).toBe('invalid-utf8')
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(1_000_000)))
    const address = 'http://collector.test/?encoding=gzip'
    expect(await codeOf(readBody(new Request(address, { method: 'POST', body: bomb }), 100_000))).toBe('body-too-large')
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
