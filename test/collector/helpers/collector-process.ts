import { createCollector } from '../../../src/collector'
import { serve } from '../../../src/collector/node/serve'
import { sqliteStore } from '../../../src/collector/stores/sqlite'

/** A collector in a process of its own: `node bundle.mjs <database file>`; prints its address. */
const collector = createCollector({
  projects: [{ id: 'site', key: 'pk_site', origins: ['https://example.com'], allowNoOrigin: true }],
  store: sqliteStore({ path: process.argv[2] ?? '' }),
  adminToken: 'admin-token-for-tests',
})
const { url, close } = await serve(collector, { port: 0 })
console.log(url)
process.once('SIGTERM', () => void close().then(() => process.exit(0)))
