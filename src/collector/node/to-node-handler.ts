import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Collector } from '../create-collector'
import { createProcessFigures } from './process-figures'

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * A collector as a handler of `node:http`, and so of Express, Connect and Fastify. Mount it before whatever reads bodies,
 * below the path that is the collector's `basePath`. Closing the collector remains yours.
 *
 * @example
 * express().use('/e', toNodeHandler(createCollector({ projects, store, basePath: '/e' })))
 */
export function toNodeHandler(collector: Pick<Collector, 'fetch'>): NodeHandler {
  const figures = createProcessFigures()
  const listener = getRequestListener(
    (request, env) => {
      const { remoteAddress } = (env as HttpBindings).incoming.socket
      return collector.fetch(request, { remoteAddress, figures: figures.read })
    },
    // Its own Request and Response would replace those of the whole process.
    { overrideGlobalObjects: false },
  )
  let warned = false

  return async (request, response) => {
    if (request.readableDidRead) {
      if (!warned) process.emitWarning(`[firsthand] toNodeHandler: ${bodyTaken}`)
      warned = true
      return refuse(response)
    }
    // Express takes the mount path off the address.
    request.url = (request as { originalUrl?: string }).originalUrl ?? request.url
    await listener(request, response)
  }
}

const bodyTaken = 'a body parser ran before the collector; mount the collector first'

/** A mistake of ours to the sender: on 503 clients keep their events, on an empty body they would drop them. */
function refuse(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '60' })
  response.end(JSON.stringify({ success: false, error: { code: 'body-taken', message: bodyTaken } }))
}
