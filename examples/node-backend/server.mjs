import { fileURLToPath } from 'node:url'
import express from 'express'
import { Analytics } from 'firsthand/node'
import { collector } from 'firsthand/plugins/collector'
import { renderShop, teas } from './page.mjs'

const {
  COLLECTOR = 'http://localhost:8080',
  PROJECT_KEY = 'demo',
  QUEUE_DIR = 'data/shop-queue',
  PORT = '3000',
} = process.env

const analytics = Analytics({
  plugins: [collector({ endpoint: COLLECTOR, projectKey: PROJECT_KEY })],
  // On disk before a call resolves: what is accepted outlives this process.
  queue: { dir: QUEUE_DIR },
  handleSignals: true,
})
analytics.on('error', ({ message }) => console.error(message))

/** Who is signed in, by the secret that only their browser has. A real shop keeps this in its database. */
const signedIn = new Map()
const secretOf = ({ headers }) => /(?:^|; )shop=([\w-]+)/.exec(headers.cookie ?? '')?.[1]

const app = express()
app.use(express.static(fileURLToPath(new URL('../marketing-site', import.meta.url)), { index: false }))
app.use(express.static(fileURLToPath(new URL('../tea-shop', import.meta.url)), { index: false }))

/** Joins each request to the visit of the browser that made it. */
app.use((request, response, next) => {
  request.visitor = analytics.request(request, { userId: signedIn.get(secretOf(request)) })
  response.append('Set-Cookie', [...request.visitor.setCookie])
  next()
})

app.get('/', ({ visitor, query }, response) => {
  response.send(renderShop({ user: visitor.userId, hasOrdered: 'ordered' in query, COLLECTOR, PROJECT_KEY }))
})

app.post('/sign-in', async ({ visitor }, response) => {
  const secret = crypto.randomUUID()
  signedIn.set(secret, 'user-maria')
  await visitor.identify('user-maria', { name: 'Maria' })
  response.append('Set-Cookie', `shop=${secret}; Path=/; HttpOnly; SameSite=Lax`).redirect(303, '/')
})

app.post('/sign-out', (request, response) => {
  signedIn.delete(secretOf(request))
  response.clearCookie('shop').redirect(303, '/')
})

app.post('/orders', express.urlencoded(), async ({ visitor, body }, response) => {
  if (!Object.hasOwn(teas, body.tea)) return response.status(404).send('no such tea')
  const { price } = teas[body.tea]
  // No page, no blocker and no closed tab can lose this one.
  await visitor.track('Order Completed', { total: price, currency: 'EUR', products: [{ name: body.tea, price }] })
  response.redirect(303, '/?ordered')
})

const server = app.listen(Number(PORT), 'localhost', () =>
  console.log(`shop  http://localhost:${server.address().port}`),
)
