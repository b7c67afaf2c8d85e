import { createCollector } from '../../../src/collector'
import { serve } from '../../../src/collector/node/serve'
import { postgresStore } from '../../../src/collector/stores/postgres'
import { sqliteStore } from '../../../src/collector/stores/sqlite'

/** A collector in a process of its own: `node bundle.mjs <database file | options of postgresStore>`; prints its address. */
const place = process.argv[2] ?? ''
const collector = createCollector({
  projects: [{ id: 'site', key: 'pk_site', origins: ['https://example.com'], allowNoOrigin: true }],
  store: place.startsWith('{') ? postgresStore(JSON.parse(place)) : sqliteStore({ path: place }),
  adminToken: 'admin-token-for-tests',
})
const { url, close } = await serve(collector, { port: 0 })
console.log(url)
process.once('SIGTERM', () => void close().then(() => process.exit(0)))
