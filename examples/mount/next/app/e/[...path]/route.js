import { collector } from '../../../../collector.mjs'

// The store is a file: neither the edge runtime nor a cached answer will do.
export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

/** `X-Forwarded-For` is the host's word; which part of it counts is the collector's option `ip`. */
const handle = (request) => collector.fetch(request)

export { handle as GET, handle as HEAD, handle as OPTIONS, handle as PATCH, handle as POST }
