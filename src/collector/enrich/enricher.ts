import type { EventContext } from '../../core/event'
import { isObject } from '../intake/intake'
import type { ClientInfo, KeyKind, StoredEvent } from '../store'
import { createClientAddress } from './client-address'
import { formatAddress, type IpAddress, readAddress, shortenAddress } from './ip-address'
import type { GeoOptions, IpPolicy, ResolvedIpOptions } from './options'
import { readPlace } from './place'
import { createAgentReader } from './user-agent'

/** Where clients write an address; Segment's name first. */
const addressNames = ['ip', 'ipAddress', 'ip_address']

/** What is known of a request before its events are. */
export interface Sender {
  headers: Pick<Headers, 'get'>
  remoteAddress?: string
  keyKind: KeyKind
}

export interface Enricher {
  /** Says of each event of a request who sent it. Where it is the same for several, it is the same object. */
  of(sender: Sender): (event: StoredEvent) => ClientInfo
  /** Makes the address that a client wrote into an event as short as those that the collector finds itself. */
  cleanContext(event: StoredEvent): void
}

/**
 * Adds what the request tells beside the event. Of a public key the request is the visitor's own, so its address and user agent
 * count, whatever the event says. A secret key belongs to a server, which says in the context whose event it is.
 */
export function createEnricher({ ip, geo = {} }: { ip: ResolvedIpOptions; geo?: GeoOptions }): Enricher {
  const findAddress = createClientAddress(ip)
  const readAgent = createAgentReader()

  function ofVisitor({ headers, remoteAddress }: Sender): (event: StoredEvent) => ClientInfo {
    const client: ClientInfo = {
      ip: keep(findAddress(headers, remoteAddress), ip.policy),
      ...readPlace(headers, geo),
      ...readAgent(headers.get('user-agent')),
      gpc: hasSignal(headers),
    }
    const withSignal = client.gpc ? client : { ...client, gpc: true }
    return ({ context }) => (saysNo(context) ? withSignal : client)
  }

  function ofServer(): (event: StoredEvent) => ClientInfo {
    const known = new Map<string, ClientInfo>()
    return ({ context }) => {
      const userAgent = typeof context.userAgent === 'string' ? context.userAgent : null
      const address = keep(readAddress(context.ip), ip.policy)
      const gpc = saysNo(context)
      const key = JSON.stringify([address, userAgent, gpc])
      const agent = readAgent(userAgent)
      // Programs of the owner's are no bots.
      const own = agent.bot ? { bot: false, device: null } : {}
      const client = known.get(key) ?? { ip: address, country: null, region: null, ...agent, ...own, gpc }
      known.set(key, client)
      return client
    }
  }

  return {
    of: (sender) => (sender.keyKind === 'public' ? ofVisitor(sender) : ofServer()),
    cleanContext({ context }) {
      for (const name of addressNames) {
        if (context[name] === undefined) continue
        const address = keep(readAddress(context[name]), ip.policy)
        if (address === null) delete context[name]
        else context[name] = address
      }
    },
  }
}

function keep(address: IpAddress | null, policy: IpPolicy): string | null {
  if (address === null || policy === 'drop') return null
  return formatAddress(policy === 'keep' ? address : shortenAddress(address))
}

/** Global Privacy Control, as browsers send it. */
export function hasSignal(headers: Pick<Headers, 'get'>): boolean {
  return headers.get('sec-gpc')?.trim() === '1'
}

/** Global Privacy Control, as the SDK writes it. */
export function saysNo({ consent }: EventContext): boolean {
  return isObject(consent) && consent.gpc === true
}
