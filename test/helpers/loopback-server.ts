import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface LoopbackServer {
  url: string
  received: ReceivedRequest[]
  /** Requests that have no answer yet, now and at most. */
  open: { now: number; most: number }
  close(): Promise<void>
}

/** A real HTTP server on this machine; `answer` decides about each complete request. */
export async function startLoopbackServer(
  answer: (request: ReceivedRequest, response: ServerResponse) => unknown,
): Promise<LoopbackServer> {
  const received: ReceivedRequest[] = []
  const open = { now: 0, most: 0 }
  const server = createServer(async (incoming, response) => {
    open.most = Math.max(open.most, ++open.now)
    response.on('close', () => open.now--)
    let body = ''
    try {
      for await (const chunk of incoming.setEncoding('utf8')) body += chunk
    } catch {
      // The client went away: there is nobody to answer.
      return
    }
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body }
    received.push(request)
    await answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    open,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
