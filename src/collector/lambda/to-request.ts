import { isV2, type LambdaEvent, type LambdaEventV1, type LambdaEventV2 } from './event'

/** The request that a browser has sent, without the stage and the prefix of its path. */
export function toRequest(event: LambdaEvent, pathPrefix: string): Request {
  const { method, path, query, headers } = isV2(event) ? partsOfV2(event) : partsOfV1(event)
  const host = headers.get('host') ?? event.requestContext.domainName ?? 'localhost'
  const url = `${headers.get('x-forwarded-proto') ?? 'https'}://${host}${without(pathPrefix, path)}`
  // That of the body as the gateway has it in JSON.
  headers.delete('content-length')
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(event)
  return new Request(query ? `${url}?${query}` : url, { method, headers, body })
}

function partsOfV1(event: LambdaEventV1) {
  const headers = new Headers()
  const parameters = new URLSearchParams()
  for (const [name, value] of pairs(event.multiValueHeaders, event.headers)) headers.append(name, value)
  for (const [name, value] of pairs(event.multiValueQueryStringParameters, event.queryStringParameters)) {
    parameters.append(name, value)
  }
  return { method: event.httpMethod, path: event.path, query: parameters.toString(), headers }
}

function partsOfV2({ headers: given, cookies = [], requestContext, rawPath, rawQueryString }: LambdaEventV2) {
  const headers = new Headers()
  for (const [name, value] of pairs(null, given)) headers.append(name, value)
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '))
  const { stage = '$default', http } = requestContext
  const path = stage === '$default' ? rawPath : without(`/${stage}`, rawPath)
  return { method: http.method, path, query: rawQueryString, headers }
}

/** Every value of every name. */
function pairs(
  lists: Record<string, string[] | undefined> | null | undefined,
  single: Record<string, string | undefined> | null | undefined,
): [name: string, value: string][] {
  return Object.entries(lists ?? single ?? {}).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
}

/** Only where whole segments are equal. */
function without(prefix: string, path: string): string {
  return prefix !== '' && `${path}/`.startsWith(`${prefix}/`) ? path.slice(prefix.length) || '/' : path
}

function bodyOf({ body, isBase64Encoded }: LambdaEvent): string | Uint8Array<ArrayBuffer> | undefined {
  if (body == null) return undefined
  return isBase64Encoded ? Uint8Array.from(atob(body), (character) => character.charCodeAt(0)) : body
}
