import { networkInterfaces } from 'node:os'

/** Every origin under which a browser may reach this address. */
export function ownOrigins(host: string, port: number): string[] {
  const everywhere = host === '0.0.0.0' || host === '::'
  const addresses = everywhere ? Object.values(networkInterfaces()).flatMap((list) => list ?? []) : []
  const names = ['localhost', '127.0.0.1', ...(everywhere ? addresses.map(({ address }) => address) : [host])]
  // A zone (`fe80::1%eth0`) cannot be written in the address of a page.
  const usable = new Set(names.filter((name) => !name.includes('%')))
  return Array.from(usable, (name) => originOf(name, port))
}

/** The origin to show: one that a browser on this machine can open. */
export function shownOrigin(host: string, port: number): string {
  return originOf(['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host, port)
}

function originOf(name: string, port: number): string {
  return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${port}`).origin
}
