import { type AddressInfo, createServer } from 'node:net'

/** For servers whose own address is part of their settings, so that it has to be known before. */
export const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
