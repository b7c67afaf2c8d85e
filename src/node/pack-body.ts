import type { PackedRequest, TransportRequest } from '../core/transport'

/** Measured with events of 450 bytes: 1.5 kB become 2.4 times smaller, 4.5 kB 4 times, 43 kB 6 times. */
const MIN_LENGTH = 2_048

/** The request's body as gzip; as it is where it is small, or where this runtime has no compression. */
export async function packBody({ headers, body = '' }: TransportRequest | PackedRequest) {
  if (typeof body !== 'string' || body.length < MIN_LENGTH || typeof CompressionStream === 'undefined')
    return { headers, body }
  const packed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return {
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: new Uint8Array(await new Response(packed).arrayBuffer()),
  }
}
