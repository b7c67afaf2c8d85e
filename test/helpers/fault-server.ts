import type { Event } from '../../src/core/event'
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from './loopback-server'

/** What a receiver says to one request in place of taking it. `retryAfter` is made at the moment of the answer. */
export interface Refusal {
  status: number
  retryAfter?: () => string
}

/** Both forms of the header. A date has whole seconds, so it may say up to a second less. */
export const inSeconds = (seconds: number) => () => `${seconds}`
export const asDate = (seconds: number) => () => new Date(Date.now() + seconds * 1000).toUTCString()

export interface FaultServer extends LoopbackServer {
  /** Answers to the next requests to `/v1/batch`, in order; then all are taken. */
  refusals: Refusal[]
  /** While true, all batches are answered with 503. */
  isDown: boolean
  /** Answers 413 to a larger body. */
  maxBytes: number
  /** Answers 400, and takes none of a batch, where one of its events has this name. */
  poison: string | undefined
  /** How often each event came and was taken, by name, in the order in which they came first. */
  stored: Map<string, number>
  /** Of these events: a store that removes repeats has as many. */
  ids: Set<string>
  /** When each batch came, in epoch milliseconds. */
  arrivals: number[]
}

const eventsOf = (body: string) => (JSON.parse(body) as { batch: Event[] }).batch

export const namesOf = (body: string): string[] => eventsOf(body).map(({ event, type }) => event ?? type)

/** A collector that fails as it is told to. `page` answers what is no batch. */
export async function startFaultServer(
  page: (request: ReceivedRequest) => { type: string; body: string } = () => ({ type: 'text/html', body: '' }),
): Promise<FaultServer> {
  const refusal = ({ body }: ReceivedRequest): Refusal | undefined => {
    const next = faults.isDown ? { status: 503 } : faults.refusals.shift()
    if (next) return next
    if (Buffer.byteLength(body) > faults.maxBytes) return { status: 413 }
    return faults.poison && namesOf(body).includes(faults.poison) ? { status: 400 } : undefined
  }
  const server = await startLoopbackServer((request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('access-control-allow-credentials', 'true')
    if (!request.path.startsWith('/v1/batch')) {
      const { type, body } = page(request)
      return response.setHeader('content-type', type).end(body)
    }
    faults.arrivals.push(Date.now())
    const refused = refusal(request)
    if (refused) {
      if (refused.retryAfter) response.setHeader('retry-after', refused.retryAfter())
      return response.writeHead(refused.status).end()
    }
    const names = namesOf(request.body)
    for (const { messageId } of eventsOf(request.body)) faults.ids.add(messageId)
    for (const name of names) faults.stored.set(name, (faults.stored.get(name) ?? 0) + 1)
    return response.end(JSON.stringify({ success: true, accepted: names.length, duplicates: 0, rejected: [] }))
  })
  const faults: FaultServer = Object.assign(server, {
    refusals: [],
    isDown: false,
    maxBytes: Infinity,
    poison: undefined,
    stored: new Map<string, number>(),
    ids: new Set<string>(),
    arrivals: [],
  })
  return faults
}
