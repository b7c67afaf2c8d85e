import { Analytics } from 'analytics'
import { cookieStorage, sessionPlugin, toAnalyticsPlugin } from 'firsthand/analytics'
import { collector } from 'firsthand/plugins/collector'

const analytics = Analytics({
  app: 'tea-shop',
  storage: cookieStorage(),
  plugins: [sessionPlugin(), toAnalyticsPlugin(collector({ endpoint: '/', projectKey: 'demo' }))],
})

analytics.page()

document.addEventListener('click', ({ target }) => {
  const { track, identify } = target.dataset
  if (track) analytics.track(track, { product: 'Green tea' })
  if (identify) analytics.identify(identify, { name: 'Maria' })
  if ('reset' in target.dataset) analytics.reset()
})
