import { mkdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createCollector } from '../collector'
import { serve } from '../collector/node/serve'
import { describeScript } from '../collector/script-file'
import type { Store } from '../collector/store'
import { sqliteStore } from '../collector/stores/sqlite'
import { CliError } from './cli-error'
import { keptToken } from './kept-token'
import { ownOrigins, type ServeSettings, shownOrigin } from './settings'
import { createStaticSite, type StaticSite } from './static-site'

export interface RunningServer {
  /** Waits for requests under way, then closes the store. */
  close(): Promise<void>
}

/** Starts collector, store and site, and prints the links. `distDir` is where firsthand.min.js lies. */
export async function startServer(settings: ServeSettings, distDir: string): Promise<RunningServer> {
  const { host, dataDir, projectKey } = settings
  const site = settings.siteDir === null ? null : await openSite(settings.siteDir, projectKey, distDir)
  // Events are personal data: a directory that this makes is the owner's alone.
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const adminToken = settings.adminToken ?? (await keptToken(dataDir, 'admin-token'))
  const port = settings.port || (await freePort(host))
  const storePath = join(dataDir, 'firsthand.db')
  const script = await readScript(distDir)
  const store = await openStore(storePath)
  const collector = createCollector({
    projects: [
      {
        id: 'default',
        key: projectKey,
        secretKey: settings.secretKey ?? undefined,
        origins: [...ownOrigins(host, port), ...settings.origins],
        allowNoOrigin: true,
      },
    ],
    store,
    adminToken,
    script,
  })
  const server = await serve(site ? withSite(collector, site) : collector, { port, host }).catch(
    async (error: unknown) => {
      await collector.close()
      throw isTaken(error) ? portTaken(port, host) : error
    },
  )
  const origin = shownOrigin(host, port)
  console.log(`
  ${site ? `site       ${origin}/` : `endpoint   ${origin}/v1/batch`}
  live view  ${origin}/live?token=${encodeURIComponent(adminToken)}
  store      ${storePath}${script === undefined ? '' : await scriptLines(origin, script)}

  Ctrl+C stops it.
`)
  return {
    async close() {
      await server.close()
      await collector.close()
    },
  }
}

/** Two addresses: one that follows releases, and one that a page can pin by its hash. */
async function scriptLines(origin: string, script: string): Promise<string> {
  const { versionedName, integrity } = await describeScript(script)
  return `
  script     ${origin}/firsthand.js
  pinned     ${origin}/${versionedName}
             integrity="${integrity}"`
}

/** Undefined where only the collector was installed. */
async function readScript(distDir: string): Promise<string | undefined> {
  try {
    return await readFile(join(distDir, 'firsthand.min.js'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** What a restart cannot heal ends the start; a locked or full file may heal, and the collector reports it. */
async function openStore(path: string): Promise<Store> {
  const store = sqliteStore({ path })
  try {
    await store.open?.()
  } catch (error) {
    const { message } = error as Error
    if (message.startsWith('[firsthand] ')) {
      await store.close()
      throw new CliError(message.replace('[firsthand] ', ''))
    }
  }
  return store
}

type Collector = ReturnType<typeof createCollector>

/** The site's files first, then the collector's routes; a browser that asks for neither gets the site's 404 page. */
function withSite(collector: Collector, site: StaticSite): Collector {
  return {
    ...collector,
    async fetch(...[request, ...rest]: Parameters<Collector['fetch']>) {
      const file = await site.find(request)
      if (file) return file
      const response = await collector.fetch(request, ...rest)
      const wantsPage = request.method === 'GET' && request.headers.get('accept')?.includes('text/html')
      return response.status === 404 && wantsPage ? site.notFound() : response
    },
  }
}

async function openSite(dir: string, projectKey: string, distDir: string): Promise<StaticSite> {
  const isDirectory = await stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isDirectory) throw new CliError(`--site: ${dir} is not a directory`)
  return createStaticSite({
    dir,
    files: new Map([
      ['/firsthand.min.js', () => readFile(join(distDir, 'firsthand.min.js'), 'utf8')],
      // The only thing that the site cannot know by itself. The key is public: every page carries it.
      ['/config.js', async () => `window.FIRSTHAND_PROJECT_KEY = ${JSON.stringify(projectKey)}\n`],
    ]),
  })
}

/** The collector must know its own origin before it listens. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function portTaken(port: number, host: string): CliError {
  return new CliError(
    `port ${port} of ${host} is in use: stop the other process or choose a port, as in PORT=${port + 1}`,
  )
}
