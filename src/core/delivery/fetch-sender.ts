import type { Sender, SendResult } from '../platform'
import type { PackedRequest, TransportRequest } from '../transport'
import { byteLength } from './byte-length'

/** The part of the Fetch standard that is used, since core knows neither DOM nor Node types. */
export interface FetchAnswer {
  status: number
  headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** Starts a request whose timeout runs from now on. */
export type Fetch = (
  request: TransportRequest | PackedRequest,
  keepalive: boolean,
  timeoutMs: number,
) => Promise<FetchAnswer>

/** Browsers allow 65,536 bytes of keepalive bodies in flight, all of the page together; the rest is left to the page. */
const KEEPALIVE_BYTES = 61_440
const EXIT_TIMEOUT_MS = 30_000

/** `refusesUrgent` says why a request cannot outlive the page; undefined where it can. */
export const createFetchSender = (
  fetch: Fetch,
  refusesUrgent: (request: TransportRequest) => string | undefined | false,
): Sender => {
  let bytesInFlight = 0
  const perform = async (
    request: TransportRequest | PackedRequest,
    keepalive: boolean,
    timeoutMs: number,
  ): Promise<SendResult> => {
    try {
      const answer = await fetch(request, keepalive, timeoutMs)
      // Read even where nobody needs it: browsers give the keepalive budget back only then.
      const body = await answer.text()
      const header = (name: string) => answer.headers.get(name)
      return { status: 'answered', response: { status: answer.status, header, body } }
    } catch (error) {
      // By name alone: the message may hold the address, and secrets are in addresses.
      return { status: 'failed', reason: (error as Error).name }
    }
  }
  return {
    send: (request, { timeoutMs }) => perform(request, false, timeoutMs),
    sendUrgently(request, later) {
      const bytes = byteLength(request.body ?? '')
      const reason = refusesUrgent(request) || (bytesInFlight + bytes > KEEPALIVE_BYTES && 'budget')
      if (reason) return { status: 'refused', reason }
      bytesInFlight += bytes
      void perform(request, true, EXIT_TIMEOUT_MS).then((result) => {
        bytesInFlight -= bytes
        later(result)
      })
      return { status: 'handed-over' }
    },
  }
}
