import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

export interface StaticSiteOptions {
  dir: string
  /** Answered before the directory is looked at, by path. */
  files: ReadonlyMap<string, () => Promise<string>>
}

export interface StaticSite {
  /** Null where the site has no such file. */
  find(request: Request): Promise<Response | null>
  notFound(): Promise<Response>
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.pdf': 'application/pdf',
}

/** Serves the files of one directory: `/` and `/about/` find index.html, `/about` finds about.html. */
export async function createStaticSite({ dir, files }: StaticSiteOptions): Promise<StaticSite> {
  const root = await realpath(dir)

  /** The real path below the root, or null: a link that leads out of the directory is as good as no file. */
  async function locate(path: string): Promise<string | null> {
    const wanted = join(root, path)
    for (const candidate of path.endsWith('/') ? [join(wanted, 'index.html')] : [wanted, `${wanted}.html`]) {
      const real = await realpath(candidate).catch(() => null)
      if (real?.startsWith(root + sep) && (await stat(real)).isFile()) return real
    }
    return null
  }

  return {
    async find(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return null
      const path = decodePath(request.url)
      if (path === null) return null
      const made = files.get(path)
      if (made) return respond(request, await made(), path)
      const file = await locate(path)
      return file === null ? null : respond(request, await readFile(file), file)
    },
    async notFound() {
      const file = await locate('/404.html')
      const page = file === null ? '<!doctype html><title>Not found</title><h1>Not found</h1>' : await readFile(file)
      return new Response(page, { status: 404, headers: headersFor('.html') })
    },
  }
}

/** Null for a path that no file can have: broken escapes, NUL, and names that begin with a dot, `..` among them. */
function decodePath(url: string): string | null {
  try {
    const path = decodeURIComponent(new URL(url).pathname)
    return path.includes('\0') || path.includes('\\') || path.includes('/.') ? null : path
  } catch {
    return null
  }
}

function respond(request: Request, body: string | Uint8Array<ArrayBuffer>, name: string): Response {
  return new Response(request.method === 'HEAD' ? null : body, { headers: headersFor(name) })
}

function headersFor(name: string): HeadersInit {
  return {
    'Content-Type': types[extname(name).toLowerCase() || name] ?? 'application/octet-stream',
    // Somebody who edits the site wants to see the edit.
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  }
}
