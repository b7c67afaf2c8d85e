import { Analytics } from 'analytics'
import { segment } from '../../plugins/segment'
import { cookieStorage, sessionPlugin, toAnalyticsPlugin } from '../../src/analytics/browser'

/** A page that stays on `analytics`, and sends to the Segment of its own address. */
const analytics = Analytics({
  app: 'shop',
  ...({ storage: cookieStorage() } as object),
  plugins: [sessionPlugin(), toAnalyticsPlugin(segment({ writeKey: 'write-key', host: location.origin }))],
})

Object.assign(window, { analytics })
