import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { collector } from './collector.mjs'
import { run } from './run.mjs'

const app = new Hono()
app.all('/e/*', (c) => collector.fetch(c.req.raw, { remoteAddress: getConnInfo(c).remote.address }))
app.get('/', (c) => c.text('the app'))
app.post('/echo', async (c) => c.json(await c.req.json()))

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
run(server, collector)
