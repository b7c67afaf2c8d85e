import { root } from '../../lib/bundle.mjs'
import { peer as ours } from './ours.mjs'

/** Our transport and queue under `analytics`, for those who stay on it. */
export const peer = {
  package: 'analytics',
  what: 'the transport and queue of firsthand by `toAnalyticsPlugin`',
  // `analytics` is among its packages as well, in the same version.
  from: root,
  code: `
import { Analytics } from 'analytics'
import { cookieStorage, sessionPlugin, toAnalyticsPlugin } from 'firsthand/analytics'
import { collector } from 'firsthand/plugins/collector'
const analytics = Analytics({
  app: 'site',
  storage: cookieStorage(),
  plugins: [sessionPlugin(), toAnalyticsPlugin(collector({ endpoint: receiver, projectKey: 'key' }))],
})
analytics.page()
globalThis.track = (marker) => analytics.track('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode: ours.decode,
  answer: ours.answer,
}
