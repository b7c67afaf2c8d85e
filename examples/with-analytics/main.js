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
  const { track, product, signIn } = target.dataset
  if (track) analytics.track(track, product && { product })
  if (signIn) analytics.identify(signIn, { name: 'Maria' })
  if ('signOut' in target.dataset) analytics.reset()
})

const showUser = () => (document.body.dataset.user = analytics.user('userId') ?? '')
showUser()
analytics.on('identifyEnd', showUser)
analytics.on('resetEnd', showUser)
