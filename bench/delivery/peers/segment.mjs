import { createRequire } from 'node:module'
import { bench } from '../../lib/bundle.mjs'
import { list, marked, readJson } from '../wire.mjs'

export const peer = {
  package: '@segment/analytics-next',
  nodePackage: '@segment/analytics-node',
  from: bench,
  code: `
import { AnalyticsBrowser } from '@segment/analytics-next'
const endpoint = { apiHost: new URL(receiver).host + '/v1', protocol: 'http' }
const analytics = AnalyticsBrowser.load(
  { writeKey: 'key', cdnURL: receiver },
  { integrations: { 'Segment.io': endpoint } },
)
analytics.page()
globalThis.track = (marker) => analytics.track('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode: ({ path, body }) =>
    /^\/v1\/(t|b|batch)$/.test(path)
      ? marked(readJson(body).batch ?? list(readJson(body)), {
          marker: (event) => event.properties?.marker,
          id: (event) => event.messageId,
        })
      : [],
  // Its settings; without them it sends nothing.
  answer: { success: true, integrations: { 'Segment.io': { apiKey: 'key' } } },
  async node({ url }) {
    // Its ES module build names files without extensions, which Node does not load.
    const { Analytics } = createRequire(import.meta.url)('@segment/analytics-node')
    const analytics = new Analytics({ writeKey: 'key', host: url })
    analytics.on('error', () => {})
    return (marker) => analytics.track({ userId: 'user-1', event: 'Order Completed', properties: { marker } })
  },
}
