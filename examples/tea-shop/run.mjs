// Runs an example: its page on one port, the double of a receiver on another, and beside the page what the double got.
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createRecorder } from './recorder.mjs'

const fileOf = (path, base = import.meta.url) => fileURLToPath(new URL(path, base))

/** Where npm has installed the package, none of this is needed. */
const inRepository = Object.fromEntries(
  ['plugins/segment', 'plugins/tracardi', 'browser'].map((entry) => [
    entry === 'browser' ? 'firsthand' : `firsthand/${entry}`,
    fileOf(`../../dist/${entry}.js`),
  ]),
)

/** The doubles are those of the tests, in TypeScript. */
async function load(file) {
  const options = { bundle: true, platform: 'node', format: 'esm', write: false }
  const { outputFiles } = await build({ entryPoints: [fileOf(file)], ...options })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

async function bundle(file, host) {
  const define = { 'process.env.RECEIVER': JSON.stringify(host) }
  const options = { bundle: true, minify: true, target: 'es2022', alias: inRepository, write: false, define }
  return (await build({ entryPoints: [file], ...options })).outputFiles[0].contents
}

const listen = (handler, port) =>
  new Promise((resolve) => {
    const server = createServer(handler).listen(port, 'localhost', () => resolve(server.address().port))
  })

async function read(request) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return { method: request.method, url: request.url, headers: request.headers, body }
}

/**
 * `folder` is the example's own `import.meta.url`, `module` the file of the double, `createReceiver(module)` gives
 * `{ name, double, describe(request, answer), facts(), actions? }`.
 */
export async function runExample(folder, module, createReceiver) {
  const { PORT = '3000', RECEIVER_PORT = '3001' } = process.env
  const receiver = createReceiver(await load(module))
  const recorder = createRecorder(receiver)
  const receiverPort = await listen(async (request, response) => {
    const answer = recorder.take(await read(request))
    if (!answer) return request.socket.destroy()
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }, Number(RECEIVER_PORT))

  const files = {
    '/': ['text/html', readFileSync(fileOf('index.html', folder))],
    '/main.js': ['text/javascript', await bundle(fileOf('main.js', folder), `http://localhost:${receiverPort}`)],
    '/view.js': ['text/javascript', readFileSync(fileOf('view.js'))],
    '/shop.css': ['text/css', readFileSync(fileOf('shop.css'))],
    '/view.css': ['text/css', readFileSync(fileOf('view.css'))],
    '/site.css': ['text/css', readFileSync(fileOf('../marketing-site/site.css'))],
    '/favicon.svg': ['image/svg+xml', readFileSync(fileOf('../marketing-site/favicon.svg'))],
  }
  const port = await listen(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname === '/receiver') return recorder.stream(response)
    if (pathname === '/receiver/do' && request.method === 'POST') {
      recorder.act((await read(request)).body)
      return response.writeHead(204).end()
    }
    const [type, body] = files[pathname] ?? []
    if (body) response.setHeader('content-type', `${type}; charset=utf-8`).end(body)
    else response.writeHead(404).end('not found')
  }, Number(PORT))
  console.log(`shop      http://localhost:${port}`)
  console.log(`receiver  http://localhost:${receiverPort}  a double of ${receiver.name}`)
}
