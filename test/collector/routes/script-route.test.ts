import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { describeScript } from '../../../src/collector'
import { siteOrigin, testCollector } from '../helpers/test-collector'

const script = `/* ü */ ${'window.firsthand = {};'.repeat(50)}`
const { collector, send } = testCollector({ script })
const { versionedName } = await describeScript(script)

afterAll(() => collector.close())

const get = (path = '/firsthand.js', headers: Record<string, string | null> = {}) =>
  send('GET', path, undefined, headers)

describe('GET /firsthand.js', () => {
  it('serves the script, for a short time, to the pages of any site', async () => {
    const response = await get('/firsthand.js', { origin: null })
    expect(await response.text()).toBe(script)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(new TextEncoder().encode(script).byteLength),
      'cache-control': 'public, max-age=300',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Origin, Accept-Encoding',
    })
  })

  it('lets listed pages check its hash', async () => {
    expect((await get()).headers.get('access-control-allow-origin')).toBe(siteOrigin)
    expect((await get(`/${versionedName}`)).headers.get('access-control-allow-origin')).toBe(siteOrigin)
  })

  it('serves it for ever under the name that has its hash, and no other hash', async () => {
    const response = await get(`/${versionedName}`)
    expect(await response.text()).toBe(script)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await get('/firsthand.0123456789ab.js')).status).toBe(404)
  })

  it('packs it where the browser takes that', async () => {
    const packed = await get('/firsthand.js', { 'accept-encoding': 'br, gzip' })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    const bytes = Buffer.from(await packed.arrayBuffer())
    expect(packed.headers.get('content-length')).toBe(String(bytes.byteLength))
    expect(gunzipSync(bytes).toString()).toBe(script)
    for (const accepted of ['br', 'gzip;q=0', 'gzip; q=0.0', 'x-gzip-y', '']) {
      const plain = await get('/firsthand.js', { 'accept-encoding': accepted })
      expect(plain.headers.get('content-encoding'), accepted).toBeNull()
    }
    for (const accepted of ['GZIP', 'gzip;q=0.5', 'deflate, gzip;q=1.0', '*']) {
      const response = await get('/firsthand.js', { 'accept-encoding': accepted })
      expect(response.headers.get('content-encoding'), accepted).toBe('gzip')
    }
  })

  it('answers 304 to whoever has it, with a tag for each encoding', async () => {
    const plain = (await get()).headers.get('etag') ?? ''
    const packed = (await get('/firsthand.js', { 'accept-encoding': 'gzip' })).headers.get('etag') ?? ''
    expect(plain).toMatch(/^"[\da-f]{12}"$/)
    expect(packed).not.toBe(plain)
    for (const tags of [plain, `"other", W/${plain}`, '*']) {
      const response = await get('/firsthand.js', { 'if-none-match': tags })
      expect([response.status, await response.text()], tags).toEqual([304, ''])
      expect(response.headers.get('etag')).toBe(plain)
      expect(response.headers.get('cache-control')).toContain('max-age')
    }
    expect((await get('/firsthand.js', { 'if-none-match': packed })).status).toBe(200)
  })

  it('answers HEAD with the head alone, and refuses POST', async () => {
    const response = await send('HEAD', '/firsthand.js')
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('etag')).not.toBeNull()
    expect((await send('POST', '/firsthand.js', '')).status).toBe(405)
  })

  it('has another name where the owner wants one', async () => {
    const renamed = testCollector({ script, scriptName: 'app.v1.js' })
    const { versionedName: name } = await describeScript(script, 'app.v1.js')
    expect(name).toMatch(/^app\.v1\.[\da-f]{12}\.js$/)
    for (const path of ['/app.v1.js', `/${name}`]) {
      expect((await renamed.send('GET', path)).status, path).toBe(200)
    }
    for (const path of ['/firsthand.js', '/appxv1.js', `/${versionedName}`]) {
      expect((await renamed.send('GET', path)).status, path).toBe(404)
    }
    await renamed.collector.close()
  })

  it('is not there without a script', async () => {
    const { collector: without, send: sendTo } = testCollector()
    expect((await sendTo('GET', '/firsthand.js')).status).toBe(404)
    await without.close()
  })
})
