import type { Collector } from '../create-collector'
import type { LambdaEvent, LambdaResult } from './event'
import { isV2 } from './event'
import { toRequest } from './to-request'
import { toResult } from './to-result'

export type { LambdaEvent, LambdaEventV1, LambdaEventV2, LambdaHeaders, LambdaResult } from './event'

/** What Lambda says of the call, as far as it is used. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number
}

export interface LambdaHandlerOptions {
  /**
   * Path below which API Gateway has mapped the collector on a domain of yours, such as `/e`. The collector does not
   * see it. Stages are known and taken away without it.
   * @default ''
   */
  pathPrefix?: string
}

export type LambdaHandler = (event: LambdaEvent, context?: LambdaContext) => Promise<LambdaResult>

/** Taken off the time that is left, so that the answer leaves before Lambda ends the call. */
const ANSWER_MS = 500

/**
 * Makes a collector the handler of a Lambda function behind API Gateway (payload 1.0 and 2.0) or a function URL.
 * Its promise resolves when all is done: Lambda stops the process with it. Where the time is nearly over, a collector
 * with `forward` answers 503, so that the sender keeps what no receiver has acknowledged.
 *
 * @example
 * export const handler = lambdaHandler(createCollector({ projects, forward: [stitch({ token })] }))
 */
export function lambdaHandler(
  collector: Pick<Collector, 'fetch'>,
  { pathPrefix = '' }: LambdaHandlerOptions = {},
): LambdaHandler {
  if (typeof collector?.fetch !== 'function') fail('collector', 'pass createCollector({...})')
  if (!/^(\/[\w.~-]+)*$/.test(pathPrefix)) fail('pathPrefix', 'pass a path such as /e, without a slash at its end')
  return async (event, context) => {
    if (!isHttp(event)) fail('event', 'connect the function to API Gateway or a function URL')
    const remainingMs = context?.getRemainingTimeInMillis?.()
    const response = await collector.fetch(toRequest(event, pathPrefix), {
      remoteAddress: isV2(event) ? event.requestContext.http.sourceIp : event.requestContext.identity?.sourceIp,
      timeoutMs: remainingMs === undefined ? undefined : Math.max(0, remainingMs - ANSWER_MS),
    })
    return toResult(response, event)
  }
}

function isHttp(event: LambdaEvent): boolean {
  if (!event?.requestContext) return false
  return isV2(event) ? !!event.requestContext.http : typeof event.httpMethod === 'string'
}

function fail(option: string, whatToDo: string): never {
  throw new TypeError(`[firsthand] ${option}: ${whatToDo}`)
}
