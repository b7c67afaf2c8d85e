import { type Context, Hono } from 'hono'
import { describeScript } from '../script-file'
import { methodNotAllowed } from './intake-deps'

export interface ScriptRouteOptions {
  /** The SDK as a script tag loads it. */
  script: string
  /** File name, ending in `.js`. */
  scriptName: string
}

interface Served {
  versionedName: string
  version: string
  plain: Uint8Array<ArrayBuffer>
  gzipped: Uint8Array<ArrayBuffer>
}

/** A page of a release that is gone loads the new one within this time. */
const shortCache = 'public, max-age=300'
const longCache = 'public, max-age=31536000, immutable'

/** The SDK from the site's own origin: under its name, and under one that holds its hash and never changes. */
export function createScriptRoute({ script, scriptName }: ScriptRouteOptions): Hono {
  let served: Promise<Served> | undefined
  const app = new Hono()
  const answer = (cacheControl: string) => async (c: Context) => {
    const file = await (served ??= prepare(script, scriptName))
    const isCurrent = cacheControl === shortCache || c.req.path.endsWith(`/${file.versionedName}`)
    return isCurrent ? respond(c, file, cacheControl) : c.notFound()
  }
  const [plain, versioned] = scriptPaths(scriptName)
  app.get(plain, answer(shortCache)).all(plain, methodNotAllowed('GET'))
  app.get(versioned, answer(longCache)).all(versioned, methodNotAllowed('GET'))
  return app
}

export function scriptPaths(scriptName: string): [plain: string, versioned: string] {
  const stem = scriptName.replace(/\.js$/, '').replaceAll('.', '\\.')
  return [`/${scriptName}`, `/:file{${stem}\\.[0-9a-f]+\\.js}`]
}

async function prepare(script: string, scriptName: string): Promise<Served> {
  const { versionedName, version } = await describeScript(script, scriptName)
  const plain = new TextEncoder().encode(script)
  const packed = new Blob([plain]).stream().pipeThrough(new CompressionStream('gzip'))
  return { versionedName, version, plain, gzipped: new Uint8Array(await new Response(packed).arrayBuffer()) }
}

function respond(c: Context, { version, plain, gzipped }: Served, cacheControl: string): Response {
  const zip = acceptsGzip(c.req.header('accept-encoding') ?? '')
  const etag = `"${version}${zip ? '-gzip' : ''}"`
  c.header('ETag', etag)
  c.header('Cache-Control', cacheControl)
  c.header('Vary', 'Origin, Accept-Encoding')
  c.header('Cross-Origin-Resource-Policy', 'cross-origin')
  if (isKnown(c.req.header('if-none-match') ?? '', etag)) return c.body(null, 304)
  const body = zip ? gzipped : plain
  if (zip) c.header('Content-Encoding', 'gzip')
  c.header('Content-Type', 'text/javascript; charset=utf-8')
  c.header('Content-Length', String(body.byteLength))
  return c.body(body)
}

function acceptsGzip(accepted: string): boolean {
  return accepted.split(',').some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part))
}

function isKnown(ifNoneMatch: string, etag: string): boolean {
  const known = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}
