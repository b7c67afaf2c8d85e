import { RequestProblem } from './request-problem'

const acceptedTypes = new Set(['application/json', 'text/plain'])
const acceptedCharsets = new Set(['utf-8', 'utf8', 'us-ascii'])

/** The body as text. Throws a `RequestProblem` where it is too large, of another type, or not UTF-8. */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  checkType(request.headers.get('content-type') ?? '')
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') {
    throw new RequestProblem(415, 'unsupported-encoding', 'send the body without Content-Encoding')
  }
  const bytes = await readBytes(request, maxBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RequestProblem(400, 'invalid-utf8', 'the body is not valid UTF-8')
  }
}

function checkType(contentType: string): void {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charset = parameters.map((parameter) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(parameter)?.[1]).find(Boolean)
  if (!acceptedTypes.has(type.trim()) || (charset !== undefined && !acceptedCharsets.has(charset))) {
    throw new RequestProblem(415, 'unsupported-type', 'send JSON as application/json or text/plain, in UTF-8')
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > maxBytes) throw tooLarge(maxBytes)
  try {
    // A server never reads past the declared length, so this is bounded without the cost of a stream.
    if (declared >= 0) return limited(new Uint8Array(await request.arrayBuffer()), maxBytes)
    return await readStream(request.body, maxBytes)
  } catch (error) {
    if (error instanceof RequestProblem) throw error
    throw new RequestProblem(400, 'body-incomplete', 'the body ended early')
  }
}

async function readStream(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  if (!stream) return new Uint8Array()
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > maxBytes) {
      await reader.cancel()
      throw tooLarge(maxBytes)
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function limited(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

function tooLarge(maxBytes: number): RequestProblem {
  return new RequestProblem(413, 'body-too-large', `send at most ${maxBytes} bytes in one request`)
}
