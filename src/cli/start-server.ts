import { mkdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createCollector } from '../collector'
import { collectorDefaults } from '../collector/options'
import { serve } from '../collector/node/serve'
import { describeScript } from '../collector/script-file'
import type { Store } from '../collector/store'
import { postgresStore } from '../collector/stores/postgres'
import { sqliteStore } from '../collector/stores/sqlite'
import { CliError } from './cli-error'
import { shownDatabase } from './database-url'
import { storeFile } from './event-source'
import { keptToken } from './kept-token'
import { ownOrigins, shownOrigin } from './own-origins'
import type { ServeSettings } from './settings'
import { createStaticSite, type StaticSite } from './static-site'

export interface RunningServer {
  /** For the user to open, and where things are. */
  links: string
  /** Waits for requests under way, then closes the store. */
  close(): Promise<void>
}

/** Starts collector, store and site. `distDir` is where firsthand.min.js lies. */
export async function startServer(settings: ServeSettings, distDir: string): Promise<RunningServer> {
  const { host, dataDir, others } = settings
  const [first, ...rest] = settings.projects
  const site = settings.siteDir === null ? null : await openSite(settings.siteDir, first.key, distDir)
  // Events are personal data: a directory that this makes is the owner's alone.
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const adminToken = settings.adminToken ?? (await keptToken(dataDir, 'admin-token'))
  const port = settings.port || (await freePort(host))
  const script = await readScript(distDir)
  const own = settings.ownOrigins ? ownOrigins(host, port) : []
  const { store, shownStore } = await chooseStore(settings)
  const collector = createCollector({
    // The SDK sets cookies wherever it runs; here they live as long as it wants them to.
    cookies: true,
    ...others,
    projects: [{ ...first, origins: [...own, ...first.origins] }, ...rest],
    store,
    adminToken,
    script,
  })
  // Nobody else lives in this process.
  const listening = { port, host, replaceGlobals: true }
  const server = await serve(site ? withSite(collector, site) : collector, listening).catch(async (error: unknown) => {
    await collector.close()
    throw isTaken(error) ? portTaken(port, host) : error
  })
  const origin = shownOrigin(host, port)
  const base = `${origin}${others.basePath ?? ''}`
  return {
    links: `
  ${site ? `site       ${origin}/` : `endpoint   ${base}/v1/batch`}
  live view  ${base}/live?token=${encodeURIComponent(adminToken)}
  store      ${shownStore}${script === undefined ? '' : await scriptLines(base, script, others.scriptName)}

  Ctrl+C stops it.

`,
    async close() {
      await server.close()
      await collector.close()
    },
  }
}

/** Two addresses: one that follows releases, and one that a page can pin by its hash. */
async function scriptLines(base: string, script: string, name = collectorDefaults.scriptName): Promise<string> {
  const { versionedName, integrity } = await describeScript(script, name)
  return `
  script     ${base}/${name}
  pinned     ${base}/${versionedName}
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

async function chooseStore({
  databaseUrl,
  dataDir,
  others,
}: ServeSettings): Promise<{ store: Store; shownStore: string }> {
  if (databaseUrl !== null) {
    const store = await opened(postgresStore({ connectionString: databaseUrl }))
    return { store, shownStore: shownDatabase(databaseUrl) }
  }
  if (others.store) return { store: others.store, shownStore: 'that of the config file' }
  const path = join(dataDir, storeFile)
  return { store: await opened(sqliteStore({ path })), shownStore: path }
}

/** What a restart cannot heal ends the start; a locked or full file may heal, and the collector reports it. */
async function opened(store: Store): Promise<Store> {
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
