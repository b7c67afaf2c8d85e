import { createCollector } from 'firsthand/collector'
import { sqliteStore } from 'firsthand/collector/stores/sqlite'

const { DATA_DIR = 'data', ADMIN_TOKEN = 'change-this-token', SITE_ORIGIN = 'http://localhost:3000' } = process.env

/** One for each process: two would each keep a connection to the store. */
export const collector = createCollector({
  projects: [{ id: 'shop', key: 'demo', origins: [SITE_ORIGIN], allowNoOrigin: true }],
  store: sqliteStore({ path: `${DATA_DIR}/mounted.db` }),
  adminToken: ADMIN_TOKEN,
  // Where the app mounts it: the collector has to know for its links, its cookie and its settings.
  basePath: '/e',
})
