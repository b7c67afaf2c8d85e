import { init } from 'firsthand'
import { tracardi } from 'firsthand/plugins/tracardi'

const analytics = init({
  app: 'tea-shop',
  plugins: [
    tracardi({
      host: process.env.RECEIVER,
      sourceId: 'tea-shop',
      // Tracardi knows some types by itself, and fills the profile from them.
      types: { 'Order Completed': 'purchase-order' },
      options: { debugger: true },
      flushIntervalMs: 200,
    }),
  ],
})
window.analytics = analytics

// What Tracardi answered, for this page's own eyes.
analytics.on('delivery', ({ payload }) => console.debug(payload.event.type, payload.outcome))

analytics.page({ name: 'Tea shop' })

document.addEventListener('click', ({ target }) => {
  const { track, price, ...properties } = target.dataset
  if (!track) return
  const options = target.dataset.count ? { integrations: { tracardi: { profileLess: true } } } : {}
  analytics.track(track, { ...properties, ...(price && { price: Number(price), currency: 'EUR' }) }, options)
})

document
  .querySelector('[data-sign-in]')
  .addEventListener('click', () =>
    analytics.identify('user-maria', { name: 'Maria', email: 'maria@northyard.example' }),
  )
document.querySelector('[data-sign-out]').addEventListener('click', () => analytics.reset())

const showUser = () => (document.body.dataset.user = analytics.user('userId') ?? '')
showUser()
analytics.on('identifyEnd', showUser)
analytics.on('resetEnd', showUser)
