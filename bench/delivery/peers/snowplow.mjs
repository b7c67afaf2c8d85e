import { bench } from '../../lib/bundle.mjs'
import { marked, readJson } from '../wire.mjs'

export const peer = {
  package: '@snowplow/browser-tracker',
  from: bench,
  code: `
import { newTracker, trackPageView, trackStructEvent } from '@snowplow/browser-tracker'
newTracker('sp', receiver, { appId: 'site' })
trackPageView()
globalThis.track = (label) =>
  trackStructEvent({ category: 'site', action: 'buttonClicked', label, property: 'Sign up', value: 9.5 })
`,
  decode: ({ path, body }) =>
    path === '/com.snowplowanalytics.snowplow/tp2'
      ? marked(readJson(body).data, { marker: (event) => event.se_la, id: (event) => event.eid })
      : [],
}
