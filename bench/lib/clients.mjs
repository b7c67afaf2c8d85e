// The clients as pages of the browser benchmark use them: each script sets `client`, a promise of `{ track }`.
import { bench, bundle, root } from './bundle.mjs'
import { fetchPlugin } from './programs.mjs'

const ours = (options = '') => `
import { init } from 'firsthand'
import { collector } from 'firsthand/plugins/collector'
globalThis.client = Promise.resolve(init({ app: 'bench', plugins: [collector({ endpoint: '/', projectKey: 'key' })], ${options} }))
`

const clients = {
  nothing: { from: bench, code: 'globalThis.client = Promise.resolve({ track() {} })' },
  firsthand: { from: root, code: ours() },
  /** Room for more than localStorage can hold. */
  roomy: { from: root, code: ours('queue: { maxEvents: 20_000, maxBytes: 50_000_000 }') },
  analytics: {
    from: bench,
    code: `
import Analytics from 'analytics'
${fetchPlugin}
const analytics = Analytics({ app: 'bench', plugins: [plugin] })
globalThis.client = new Promise((resolve) => analytics.ready(() => resolve(analytics)))
`,
  },
  '@segment/analytics-next': {
    from: bench,
    code: `
import { AnalyticsBrowser } from '@segment/analytics-next'
const settings = { writeKey: 'key', cdnURL: location.origin }
const receiver = { apiHost: location.host + '/v1', protocol: 'http' }
globalThis.client = AnalyticsBrowser.load(settings, { integrations: { 'Segment.io': receiver } }).then(([analytics]) => analytics)
`,
  },
}

/** Script text by client. */
export async function bundleClients() {
  const scripts = {}
  for (const [name, { code, from }] of Object.entries(clients)) {
    scripts[name] = (await bundle(code, { from })).outputFiles[0].text
  }
  return scripts
}
