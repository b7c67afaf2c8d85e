import { createServer } from 'node:http'
import { Analytics } from 'firsthand/node'
import { collector } from 'firsthand/plugins/collector'

const {
  COLLECTOR = 'http://localhost:8080',
  PROJECT_KEY = 'demo',
  QUEUE_DIR = 'data/shop-queue',
  PORT = '3000',
} = process.env

const analytics = Analytics({
  plugins: [collector({ endpoint: COLLECTOR, projectKey: PROJECT_KEY })],
  queue: { dir: QUEUE_DIR },
  handleSignals: true,
})
analytics.on('error', ({ message }) => console.error(message))

/** Who is signed in, by the secret that only their browser has. A real shop keeps this in its database. */
const signedIn = new Map()
const sessionOf = (request) => /(?:^|; )shop=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]

const page = (user) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tea shop</title>
<h1>Tea shop</h1>
<p>${user ? `Signed in as ${user}.` : 'Not signed in.'}</p>
${user ? '' : '<form method="post" action="/sign-in"><button>Sign in as Maria</button></form>'}
<form method="post" action="/orders"><button>Buy green tea, 9 EUR</button></form>`

const routes = {
  async 'GET /'({ visitor }) {
    await visitor.page('Tea shop')
    return { body: page(visitor.userId) }
  },
  async 'POST /sign-in'({ visitor }) {
    const secret = crypto.randomUUID()
    signedIn.set(secret, 'user-maria')
    await visitor.identify('user-maria', { name: 'Maria' })
    return { location: '/', cookies: [`shop=${secret}; Path=/; HttpOnly; SameSite=Lax`] }
  },
  async 'POST /orders'({ visitor }) {
    await visitor.track('Order Completed', { total: 9, currency: 'EUR', products: [{ name: 'Green tea' }] })
    return { location: '/' }
  },
}

const server = createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url.split('?')[0]}`]
  if (!route) return response.writeHead(404).end('not found')
  const visitor = analytics.request(request, { userId: signedIn.get(sessionOf(request)) })
  try {
    const { body, location, cookies = [] } = await route({ visitor })
    response.setHeader('Set-Cookie', [...visitor.setCookie, ...cookies])
    if (location) response.writeHead(303, { location }).end()
    else response.setHeader('content-type', 'text/html').end(body)
  } catch (error) {
    console.error(error)
    response.writeHead(500).end('something went wrong')
  }
})

server.listen(Number(PORT), '127.0.0.1', () => console.log(`shop  http://localhost:${server.address().port}`))
