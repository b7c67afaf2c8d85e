import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Collector, createCollector } from '../../../src/collector'
import { createApp } from '../../../src/collector/create-app'
import { openApiPath } from '../../../src/collector/openapi/create-document'
import { type CollectorOptions, resolveOptions } from '../../../src/collector/options'
import { createProjectDirectory } from '../../../src/collector/project-directory'
import { createSink } from '../../../src/collector/sink'
import { sqliteStore } from '../../../src/collector/stores/sqlite'
import { http } from '../../../plugins/http'
import { type Ask, ask, everyRequest, script } from '../helpers/every-request'
import { adminToken, projects } from '../helpers/test-collector'

interface Document {
  [field: string]: unknown
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema?: object }> }> }>
  >
  servers: { url: string }[]
  components: { schemas: Record<string, object> }
}

const full = (): CollectorOptions => ({
  projects,
  store: sqliteStore({ path: ':memory:' }),
  adminToken,
  script,
  log: () => {},
})
const relay: CollectorOptions = { projects, forward: [http({ url: 'http://127.0.0.1:1' })], log: () => {} }

async function documentOf(collector: Collector, basePath = ''): Promise<Document> {
  const response = await ask(collector, { method: 'GET', path: '/openapi.json' }, basePath)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
  return response.json()
}

/** Routes as the app has them, without middleware and without what answers only that the method is wrong. */
function routesOf(options: CollectorOptions): string[] {
  const resolved = resolveOptions(options)
  const directory = createProjectDirectory({ fixed: resolved.projects, store: resolved.store })
  const app = createApp(resolved, { sink: createSink(resolved), directory, signal: new AbortController().signal })
  const basePath = options.basePath ?? ''
  return app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${openApiPath(path.slice(basePath.length))}`)
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )

describe('the OpenAPI document', () => {
  const opened: Collector[] = []
  const open = (options: CollectorOptions) => {
    const collector = createCollector(options)
    opened.push(collector)
    return collector
  }
  afterAll(() => Promise.all(opened.map((collector) => collector.close())))

  it.each([
    ['with everything', full()],
    ['below a base path, with another name of the script', { ...full(), basePath: '/e', scriptName: 'app.js' }],
    ['without an admin token, with open metrics', { ...full(), adminToken: undefined, metrics: 'open' as const }],
    ['as a relay', relay],
  ])('of a collector %s is valid OpenAPI 3.1, and has exactly the routes of the app', async (_, options) => {
    const document = await documentOf(open(options), options.basePath)
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    expect(operationsOf(document).sort()).toEqual([...new Set(routesOf(options))].sort())
    expect(document.servers).toEqual([{ url: options.basePath ?? '/' }])
  })

  it('has no keys and no names of projects', async () => {
    const text = JSON.stringify(await documentOf(open(full())))
    for (const secret of ['pk_shop', 'sk_shop', 'shop.example', adminToken]) expect(text).not.toContain(secret)
  })

  describe('describes real answers', () => {
    let asks: Ask[]
    let document: Document
    let collector: Collector
    const seen = new Set<string>()
    beforeAll(async () => {
      collector = open(full())
      document = await documentOf(collector)
      asks = await everyRequest()
    })

    /** Of the paths that fit, the one with the fewest parameters. */
    function templateOf(path: string): string {
      const fitting = Object.keys(document.paths).filter((template) =>
        new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
      )
      return fitting.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? ''
    }

    it('of every route, by status, type and body', async () => {
      const ajv = new Ajv2020({ strict: false, allErrors: true })
      addFormats.default(ajv)
      ajv.addSchema({ $id: 'document', components: document.components })
      const wrong: string[] = []
      for (const one of asks) {
        const response = await ask(collector, one)
        const template = templateOf(one.path.split('?')[0] ?? '')
        seen.add(`${one.method} ${template}`)
        const described = document.paths[template]?.[one.method.toLowerCase()]?.responses[response.status]
        const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
        const [[contentType, content] = []] = Object.entries(described?.content ?? {})
        const body = content?.schema ? await response.json() : await response.body?.cancel()
        const schema = JSON.parse(JSON.stringify(content?.schema ?? true).replace('"#/', '"document#/'))
        const place = `${one.method} ${one.path} ${response.status}`
        if (!described) wrong.push(`${place}: not described`)
        else if (contentType !== undefined && contentType !== type) wrong.push(`${place}: ${type}`)
        else if (!ajv.validate(schema, body ?? null))
          wrong.push(`${place}: ${ajv.errorsText()} ${JSON.stringify(body)}`)
      }
      expect(wrong).toEqual([])
    })

    it('and no route is left out', () => {
      expect([...seen].sort()).toEqual(operationsOf(document).sort())
    })
  })
})

describe('a base path', () => {
  it('renames every route, the name of the script its own, and leaves nothing at the old addresses', async () => {
    const renamed = { ...full(), basePath: '/e/x', scriptName: 'app.js' }
    const [plain, moved] = [createCollector({ ...full(), scriptName: 'app.js' }), createCollector(renamed)]
    for (const one of await everyRequest('app.js')) {
      const [before, after, gone] = [await ask(plain, one), await ask(moved, one, '/e/x'), await ask(moved, one)]
      expect([one.path, after.status]).toEqual([one.path, before.status])
      expect([one.path, gone.status]).toEqual([one.path, 404])
      const [location, cookie] = [after.headers.get('location'), after.headers.get('set-cookie')]
      if (location !== null) expect(location).toBe(`/e/x${before.headers.get('location')}`)
      if (cookie?.startsWith('__fh_admin')) expect(cookie).toContain('Path=/e/x;')
      await Promise.all([before, after, gone].map((response) => response.body?.cancel()))
    }
    expect((await ask(moved, { method: 'GET', path: '/firsthand.js' }, '/e/x')).status).toBe(404)
    await Promise.all([plain.close(), moved.close()])
  })
})

describe('no answer', () => {
  it('has what a sender wrote as HTML, and every page has a strict policy', async () => {
    const collector = createCollector(full())
    const mark = '<script>alert(1)</script>'
    let pages = 0
    for (const one of await everyRequest()) {
      const path = `${one.path}${one.path.includes('?') ? '&' : '?'}x=${encodeURIComponent(mark)}`
      const headers = { ...one.headers, accept: 'text/html', 'user-agent': mark, referer: `http://x/${mark}` }
      for (const where of [path, `/${encodeURIComponent(mark)}${path}`]) {
        const response = await ask(collector, { ...one, path: where, headers })
        const type = response.headers.get('content-type') ?? ''
        if (type.startsWith('text/event-stream')) {
          await response.body?.cancel()
          continue
        }
        const text = await response.text()
        expect(response.headers.get('x-content-type-options')).toBe('nosniff')
        if (!type.startsWith('text/html')) continue
        pages++
        expect(text).not.toContain(mark)
        const policy = response.headers.get('content-security-policy') ?? ''
        expect(policy).toContain("default-src 'none'")
        expect(policy).toContain("frame-ancestors 'none'")
        expect(policy).not.toMatch(/unsafe|\*|http:/)
      }
    }
    await collector.close()
    expect(pages).toBeGreaterThan(3)
  })
})
