import type { Encoded, PackedRequest, Transport, TransportRequest } from '../src/core/transport'

/** Measured: 10 events become 7 times smaller, 100 events 14 times. A body below this is two packets at most. */
const MIN_LENGTH = 2_048

/** The part of a runtime that is used here. */
interface Runtime {
  /** Since Chrome 80, Safari 16.4 and Firefox 113. */
  CompressionStream?: new (
    format: 'gzip',
  ) => object
  Blob: new (parts: string[]) => { stream(): { pipeThrough(stream: object): object } }
  Response: new (stream: object) => { arrayBuffer(): Promise<ArrayBuffer> }
}

/**
 * Packs the larger requests of a transport to firsthand's collector: `gzip(collector({ endpoint, projectKey }))`.
 * In browsers bodies of 2 kB and more leave as gzip with `?encoding=gzip`, which needs no preflight; what leaves while
 * the page goes away is plain, as it is where the browser cannot pack. In Node they leave with `content-encoding: gzip`.
 * Throws where it is given no transport.
 */
export const gzip = (transport: Transport): Transport => {
  if (typeof transport?.encode !== 'function')
    throw new Error('[firsthand] transport: give gzip one, e.g. gzip(collector({ endpoint, projectKey }))')
  return {
    ...transport,
    encode(events, context) {
      const encoded = transport.encode(events, context)
      // Nothing can be awaited while the page goes away.
      return context.urgent ? encoded : pack(encoded, context.runtime)
    },
  }
}

const pack = async (encoding: Encoded | Promise<Encoded>, runtime: 'browser' | 'node'): Promise<Encoded> => {
  const encoded = await encoding
  if (!('url' in encoded)) return encoded
  if (runtime === 'node') return { ...encoded, gzip: true }
  const { body, ...request } = encoded
  if (typeof body !== 'string' || body.length < MIN_LENGTH) return encoded
  try {
    return await packed(request, body)
  } catch {
    // A browser without compression, or out of memory: the plain body is as good.
    return encoded
  }
}

const packed = async (
  { url, headers, ...rest }: Omit<TransportRequest, 'body'>,
  body: string,
): Promise<PackedRequest> => {
  const { Blob, CompressionStream, Response } = globalThis as unknown as Required<Runtime>
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return {
    ...rest,
    // Browsers ask for permission first (a preflight) before they send `content-encoding` to another origin.
    url: `${url}${url.includes('?') ? '&' : '?'}encoding=gzip`,
    // It is no text any more, and gateways that believe so (API Gateway, function URLs) would break its bytes.
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => !value.startsWith('text/plain'))),
    body: new Uint8Array(await new Response(stream).arrayBuffer()),
  }
}
