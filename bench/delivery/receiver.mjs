// Takes what a client sends, 100 ms away, fails as it is told to, and keeps the marker of each event.
import { createServer } from 'node:http'

const ONE_WAY_MS = 100
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export async function listen(handler) {
  const server = createServer((request, response) => {
    // A client that goes away breaks its requests.
    handler(request, response).catch(() => request.socket.destroy())
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}`, close }
}

function allowOrigin({ headers }, response) {
  response.setHeader('access-control-allow-origin', headers.origin ?? '*')
  response.setHeader('access-control-allow-credentials', 'true')
  response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '*')
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS')
  response.setHeader('access-control-max-age', '600')
}

async function readBody(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

/** What can be wrong with the receiver; each says whether the events of the request are stored. */
const faults = {
  none: { stores: true, answer: (response, text) => response.end(text) },
  503: { stores: false, answer: (response) => response.writeHead(503).end() },
  500: { stores: false, answer: (response) => response.writeHead(500).end() },
  silent: { stores: false, answer() {} },
  /** Half of the answer, and the connection is gone. */
  broken: {
    stores: true,
    answer(response, text) {
      response.writeHead(200, { 'content-length': text.length + 1000 })
      response.write(text)
      setTimeout(() => response.destroy(), 10)
    },
  },
}

/** `receiver.fault` is `none`, `503`, `500`, `silent`, `broken`, or `reset`: the connection goes while the body comes. */
export async function startReceiver({ decode, answer = { success: true } }) {
  const receiver = { fault: 'none' }
  const copies = new Map()
  const text = JSON.stringify(answer)

  function read({ path, body }) {
    try {
      return decode({ path, body })
    } catch (error) {
      console.error(`${path}: ${body.length} bytes that are no events: ${error.message}`)
      return []
    }
  }

  function store(request, body) {
    const path = request.url.split('?')[0]
    for (const { marker, id } of read({ path, body })) copies.set(marker, [...(copies.get(marker) ?? []), id])
  }

  async function handle(request, response) {
    allowOrigin(request, response)
    response.setHeader('content-type', 'application/json')
    if (receiver.fault === 'reset' && request.method === 'POST') return request.socket.resetAndDestroy()
    const body = await readBody(request)
    await wait(ONE_WAY_MS)
    const fault = request.method === 'POST' ? faults[receiver.fault] : faults.none
    if (fault.stores && request.method === 'POST') store(request, body)
    await wait(ONE_WAY_MS)
    fault.answer(response, text)
  }

  const { url, close } = await listen(handle)
  const sum = (markers, figure) => markers.reduce((total, marker) => total + figure(copies.get(marker) ?? []), 0)
  // Copies without an id are all kept.
  const kept = (ids) => new Set(ids.map((id, index) => id ?? index)).size
  return Object.assign(receiver, {
    url,
    close,
    count: (markers) => ({
      delivered: sum(markers, (ids) => Math.min(1, ids.length)),
      storedAgain: sum(markers, (ids) => Math.max(0, kept(ids) - 1)),
      sentAgain: sum(markers, (ids) => Math.max(0, ids.length - 1)),
    }),
  })
}
