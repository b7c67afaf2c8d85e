import { bench } from '../../lib/bundle.mjs'
import { marked, readJson } from '../wire.mjs'

export const peer = {
  package: '@jitsu/js',
  from: bench,
  code: `
import { jitsuAnalytics } from '@jitsu/js'
const analytics = jitsuAnalytics({ host: receiver, writeKey: 'key' })
analytics.page()
globalThis.track = (marker) => analytics.track('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode: ({ path, body }) =>
    path === '/api/s/track'
      ? marked([readJson(body)], { marker: (event) => event.properties?.marker, id: (event) => event.messageId })
      : [],
  answer: { ok: true },
}
