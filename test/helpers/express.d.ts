/** As far as tests use it: the package has no types of its own. */
declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http'

  interface Express {
    (request: IncomingMessage, response: ServerResponse): void
    use(
      path: string,
      handler: (request: IncomingMessage & { originalUrl: string }, response: ServerResponse) => void,
    ): Express
    listen(port: number, host: string): Server
  }

  export default function express(): Express
  export type { Express }
}
