import type { LambdaEvent, LambdaEventV1, LambdaEventV2, LambdaResult } from '../../src/collector/lambda'
import httpV2 from '../collector/lambda/events/http-v2.json'
import restV1 from '../collector/lambda/events/rest-v1.json'
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from './loopback-server'

const v1 = restV1 as LambdaEventV1
const v2 = httpV2 as LambdaEventV2

/** An event of the documented shape with the parts of this request. */
const toV1 = ({ method, path, headers, body }: ReceivedRequest): LambdaEvent => {
  const url = new URL(path, 'http://localhost')
  return {
    ...v1,
    httpMethod: method,
    path: url.pathname,
    headers: headers as Record<string, string>,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat()])),
    queryStringParameters: Object.fromEntries(url.searchParams),
    multiValueQueryStringParameters: Object.fromEntries(
      [...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]),
    ),
    body,
    isBase64Encoded: false,
  }
}

const toV2 = ({ method, path, headers: { cookie, ...headers }, body }: ReceivedRequest): LambdaEvent => {
  const url = new URL(path, 'http://localhost')
  const http = { ...v2.requestContext.http, method }
  return {
    ...v2,
    rawPath: `/prod${url.pathname}`,
    rawQueryString: url.search.slice(1),
    cookies: cookie?.split('; ') ?? [],
    headers: headers as Record<string, string>,
    requestContext: { ...v2.requestContext, http },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  }
}

export interface GatewayOptions {
  version: '1.0' | '2.0'
  invoke(event: LambdaEvent): Promise<LambdaResult>
  /** Files of the site, which has the same origin. */
  files: Record<string, { type: string; body: string }>
}

/** API Gateway in front of a function, and the statuses that it answered; 502 where the function failed. */
export async function startApiGateway({ version, invoke, files }: GatewayOptions) {
  const statuses: number[] = []
  const gateway: LoopbackServer = await startLoopbackServer(async (request, response) => {
    const file = files[new URL(request.path, 'http://localhost').pathname]
    if (file) return response.setHeader('content-type', file.type).end(file.body)
    try {
      const { statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded } = await invoke(
        version === '1.0' ? toV1(request) : toV2(request),
      )
      statuses.push(statusCode)
      response.writeHead(statusCode, { ...headers, ...multiValueHeaders, ...(cookies && { 'set-cookie': cookies }) })
      response.end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
    } catch {
      statuses.push(502)
      response.writeHead(502).end('{"message": "Internal server error"}')
    }
  })
  return { ...gateway, statuses }
}
