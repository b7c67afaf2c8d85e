import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Collector } from '../create-collector'
import { createProcessFigures } from './process-figures'
import { resolveHost } from './resolve-host'

export interface ServeOptions {
  /**
   * 0 takes any free port.
   * @default 8080
   */
  port?: number
  /**
   * Address to listen on; `0.0.0.0` opens it to the network.
   * @default '127.0.0.1'
   */
  host?: string
  /**
   * Put the server's own, quicker `Request` and `Response` in place of those of the whole process. Leave it out where other
   * code in the process relies on the platform's.
   * @default false
   */
  replaceGlobals?: boolean
}

export interface Served {
  /** Such as `http://127.0.0.1:8080`. */
  url: string
  /**
   * Stops listening, waits for requests under way (at most 10 s), then closes the collector, which closes its store.
   * Safe to call twice.
   */
  close(): Promise<void>
}

export const serveDefaults = { port: 8080, host: '127.0.0.1', replaceGlobals: false } satisfies ServeOptions

/** A client that takes longer to send or to read keeps its events and sends them again. */
const drainMs = 10_000

/** Serves a collector over HTTP. Rejects where the port cannot be had. */
export async function serve(
  collector: Pick<Collector, 'fetch' | 'close'>,
  options: ServeOptions = {},
): Promise<Served> {
  const {
    port = serveDefaults.port,
    host = serveDefaults.host,
    replaceGlobals = serveDefaults.replaceGlobals,
  } = options
  const figures = createProcessFigures()
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const { remoteAddress } = (env as HttpBindings).incoming.socket
      return collector.fetch(request, { remoteAddress, figures: figures.read, resolveHost })
    },
    overrideGlobalObjects: replaceGlobals,
  }) as Server
  const underWay = trackAnswers(server)
  await listen(server, port, host)
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    const stopped = new Promise((resolve) => server.close(resolve))
    const timer = setTimeout(() => server.closeAllConnections(), drainMs)
    // Ends live streams, which would otherwise never be over, and waits for the rest.
    await collector.close()
    await underWay.finished()
    server.closeAllConnections()
    await stopped
    figures.stop()
    clearTimeout(timer)
  }

  return { url: urlOf(server.address() as AddressInfo), close: () => (closing ??= close()) }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** An answer is under way until its last byte has left, which is later than the handler's promise. */
function trackAnswers(server: Server): { finished(): Promise<void> } {
  const answers = new Set<ServerResponse>()
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    answers.add(response)
    response.once('close', () => answers.delete(response))
  })
  return {
    async finished() {
      await Promise.all([...answers].map((answer) => new Promise((resolve) => answer.once('close', resolve))))
    },
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
