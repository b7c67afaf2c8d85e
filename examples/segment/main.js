import { init } from 'firsthand'
import { segment } from 'firsthand/plugins/segment'

const analytics = init({
  app: 'tea-shop',
  // The write key is public. Without `host` this goes to Segment itself.
  plugins: [segment({ writeKey: 'write-key', host: process.env.RECEIVER, flushIntervalMs: 200 })],
})
window.analytics = analytics

analytics.page({ name: 'Tea shop', category: 'Shop' })

document.addEventListener('click', ({ target }) => {
  const { track, price, ...properties } = target.dataset
  if (track) analytics.track(track, { ...properties, ...(price && { price: Number(price), currency: 'EUR' }) })
})

document.querySelector('[data-sign-in]').addEventListener('click', () => {
  analytics.identify('user-maria', { name: 'Maria', email: 'maria@northyard.example' })
  analytics.group('north-yard', { name: 'North Yard Studio' })
})
document.querySelector('[data-sign-out]').addEventListener('click', () => analytics.reset())

const showUser = () => (document.body.dataset.user = analytics.user('userId') ?? '')
showUser()
analytics.on('identifyEnd', showUser)
analytics.on('resetEnd', showUser)
