import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What can be wrong with a network. */
export type NetworkFault =
  | { kind: 'none' }
  /** Each part of an answer comes this much later. */
  | { kind: 'latency'; ms: number }
  /** Taken, then closed without a word. */
  | { kind: 'close' }
  /** Taken, read, and never answered. */
  | { kind: 'blackhole' }
  /** Reset after so many bytes of the request or of the answer. */
  | { kind: 'reset'; in: 'request' | 'answer'; afterBytes: number }

export interface FaultProxy {
  /** The server, through the proxy. */
  url: string
  /** Connections taken so far. */
  connections: number
  /** From now on. Connections of before are ended, since clients keep them and would escape the fault. */
  become(fault: NetworkFault): void
  close(): Promise<void>
}

/** A TCP proxy on this machine before `targetUrl`. Knows nothing of HTTP, so it also breaks what a server cannot. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(targetUrl)
  const open = new Set<Socket>()
  let fault: NetworkFault = { kind: 'none' }

  const server = createServer((client) => {
    proxy.connections++
    track(client)
    if (fault.kind === 'close') return client.end()
    if (fault.kind === 'blackhole') return client.resume()
    const upstream = track(connect(Number(port), hostname))
    pass(client, upstream, fault, 'request')
    pass(upstream, client, fault, 'answer')
    return
  })
  const track = (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // Its other side sees it close.
    socket.on('error', () => {})
    return socket
  }
  const proxy: FaultProxy = {
    url: '',
    connections: 0,
    become(next) {
      fault = next
      for (const socket of open) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return proxy
}

function pass(from: Socket, to: Socket, fault: NetworkFault, direction: 'request' | 'answer'): void {
  const resetAfter = fault.kind === 'reset' && fault.in === direction ? fault.afterBytes : Infinity
  const delayMs = fault.kind === 'latency' && direction === 'answer' ? fault.ms : 0
  let passed = 0
  from.on('data', (bytes: Buffer) => {
    const part = bytes.subarray(0, resetAfter - passed)
    passed += part.length
    const isOver = passed >= resetAfter
    const write = () => to.write(part, () => isOver && [from, to].forEach((socket) => socket.resetAndDestroy()))
    if (delayMs) setTimeout(write, delayMs)
    else write()
  })
  from.on('close', () => (delayMs ? setTimeout(() => to.end(), delayMs) : to.end()))
}
