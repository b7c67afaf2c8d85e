import Fastify from 'fastify'
import { toNodeHandler } from 'firsthand/collector/node'
import { collector } from './collector.mjs'
import { run } from './run.mjs'

const app = Fastify()
const handle = toNodeHandler(collector)

// A scope of its own: its parsers leave the body alone, those of the app stay.
app.register(async (scope) => {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _body, done) => done(null))
  scope.all('/e/*', (request, reply) => {
    reply.hijack()
    return handle(request.raw, reply.raw)
  })
})
app.get('/', () => 'the app')
app.post('/echo', (request) => request.body)

run(app.server, collector)
await app.listen({ port: Number(process.env.PORT ?? 3000) })
