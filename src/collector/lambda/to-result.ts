import { isV2, type LambdaEvent, type LambdaResult } from './event'

/** The answer in the form of the payload version that asked. */
export async function toResult(response: Response, event: LambdaEvent): Promise<LambdaResult> {
  const { status, headers } = response
  const bytes = new Uint8Array(await response.arrayBuffer())
  const cookies = headers.getSetCookie()
  const single = Object.fromEntries([...headers].filter(([name]) => name !== 'set-cookie'))
  return {
    statusCode: status,
    headers: single,
    ...(cookies.length > 0 && (isV2(event) ? { cookies } : { multiValueHeaders: { 'set-cookie': cookies } })),
    ...(isText(headers)
      ? { body: new TextDecoder().decode(bytes), isBase64Encoded: false }
      : { body: toBase64(bytes), isBase64Encoded: true }),
  }
}

function isText(headers: Headers): boolean {
  const type = headers.get('content-type')
  return !headers.has('content-encoding') && (type === null || /^text\/|json|javascript|xml|charset=/i.test(type))
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
