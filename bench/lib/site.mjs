import { createServer } from 'node:http'

const page = (script) => `<!doctype html><title>Bench</title><script src="/app/${script}.js"></script>`

/** What each product takes for an acknowledgement, by the path it asks for. */
const answers = [
  [/^\/v1\/batch$/, { accepted: 1, rejected: [] }],
  // Without this document Segment's client sends nothing.
  [/^\/v1\/projects\//, { integrations: { 'Segment.io': { apiKey: 'key' } } }],
  [/./, { success: true }],
]

async function textOf(stream) {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

/**
 * A site on this machine that serves `/page/<name>` with the script of that name, and takes everything that is sent.
 * `site.status` is the answer to events; `site.received` is called with the path and body of each request.
 */
export async function startSite(scripts) {
  const site = { status: 200, received: () => {} }
  const server = createServer(async (request, response) => {
    const path = request.url.split('?')[0]
    const [, kind, name] = path.match(/^\/(page|app)\/(.+?)(?:\.js)?$/) ?? []
    // Cross-origin isolated pages have a clock of 5 instead of 100 microseconds.
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    if (kind === 'page') return response.setHeader('content-type', 'text/html').end(page(name))
    if (kind === 'app') return response.setHeader('content-type', 'text/javascript').end(scripts[name] ?? '')
    const body = await textOf(request)
    if (request.method === 'POST') site.received(path, body)
    const [, answer] = answers.find(([pattern]) => pattern.test(path))
    response.statusCode = request.method === 'POST' ? site.status : 200
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  site.url = `http://127.0.0.1:${server.address().port}`
  site.close = () => {
    server.closeAllConnections()
    server.close()
  }
  return site
}
