import { Resolver } from 'node:dns/promises'
import type { HostAddresses } from '../request-info'

const timeoutMs = 2_000
/** Longer chains are loops. */
const maxAliases = 8

/** What DNS says of a host, as seen from here. */
export async function resolveHost(
  host: string,
  resolver: Pick<Resolver, 'resolveCname' | 'resolve4' | 'resolve6'> = new Resolver({ timeout: timeoutMs, tries: 1 }),
): Promise<HostAddresses> {
  const nothing = (): string[] => []
  const aliases: string[] = []
  const follow = async () => {
    for (let name = host; aliases.length < maxAliases; ) {
      const [next] = await resolver.resolveCname(name).catch(nothing)
      if (next === undefined) return
      aliases.push(next)
      name = next
    }
  }
  const [, v4, v6] = await Promise.all([
    follow(),
    resolver.resolve4(host).catch(nothing),
    resolver.resolve6(host).catch(nothing),
  ])
  return { aliases, addresses: [...v4, ...v6] }
}
