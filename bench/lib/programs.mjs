// The same small site with each product: start, one page view, one event, one sign-in.
import { bench, root } from './bundle.mjs'

/** The shortest plugin that makes `analytics` send anything; neither queue nor retry. */
export const fetchPlugin = `
const post = ({ payload }) => fetch('/collect', { method: 'POST', body: JSON.stringify(payload) })
const plugin = {
  name: 'fetch',
  page: post,
  track: post,
  identify: post,
}
`

export const programs = [
  {
    name: 'firsthand',
    what: 'with the collector transport and its durable queue',
    from: root,
    code: `
import { init } from 'firsthand'
import { collector } from 'firsthand/plugins/collector'
const analytics = init({ app: 'site', plugins: [collector({ endpoint: '/', projectKey: 'key' })] })
analytics.page()
analytics.track('buttonClicked')
analytics.identify('userid-123')
`,
  },
  {
    name: 'analytics',
    what: 'with a fetch plugin of 6 lines, no queue',
    from: bench,
    code: `
import Analytics from 'analytics'
${fetchPlugin}
const analytics = Analytics({ app: 'site', plugins: [plugin] })
analytics.page()
analytics.track('buttonClicked')
analytics.identify('userid-123')
`,
  },
  {
    name: '@snowplow/browser-tracker',
    what: '',
    from: bench,
    code: `
import { newTracker, setUserId, trackPageView, trackStructEvent } from '@snowplow/browser-tracker'
newTracker('sp', location.origin, { appId: 'site' })
trackPageView()
trackStructEvent({ category: 'site', action: 'buttonClicked' })
setUserId('userid-123')
`,
  },
  {
    name: '@jitsu/js',
    what: '',
    from: bench,
    code: `
import { jitsuAnalytics } from '@jitsu/js'
const analytics = jitsuAnalytics({ host: location.origin, writeKey: 'key' })
analytics.page()
analytics.track('buttonClicked')
analytics.identify('userid-123')
`,
  },
  {
    name: '@segment/analytics-next',
    what: '',
    from: bench,
    code: `
import { AnalyticsBrowser } from '@segment/analytics-next'
const analytics = AnalyticsBrowser.load({ writeKey: 'key' })
analytics.page()
analytics.track('buttonClicked')
analytics.identify('userid-123')
`,
  },
  ...[
    { what: 'its slim entry', entry: 'posthog-js/dist/module.slim' },
    { what: 'its default entry', entry: 'posthog-js' },
  ].map(({ what, entry }) => ({
    name: 'posthog-js',
    what,
    from: bench,
    code: `
import posthog from '${entry}'
posthog.init('key', { api_host: location.origin })
posthog.capture('$pageview')
posthog.capture('buttonClicked')
posthog.identify('userid-123')
`,
  })),
]
