import { createServer } from 'node:http'
import express from 'express'
import { toNodeHandler } from 'firsthand/collector/node'
import { collector } from './collector.mjs'
import { run } from './run.mjs'

const app = express()
// Before body parsers: the collector reads its bodies itself, packed ones too.
app.use('/e', toNodeHandler(collector))
app.use(express.json())
app.get('/', (_request, response) => response.send('the app'))
app.post('/echo', (request, response) => response.json(request.body))

const server = createServer(app)
run(server, collector)
server.listen(Number(process.env.PORT ?? 3000))
