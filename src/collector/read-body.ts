import { RequestProblem } from './request-problem'

const acceptedCharsets = new Set(['utf-8', 'utf8', 'us-ascii'])
const compressions = new Map<string, CompressionFormat>([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
])

/**
 * The body as text, whatever its type says: SDKs send JSON as text to avoid a preflight, and some as a form by
 * oversight. Throws a `RequestProblem` where it is too large, before or after it is unpacked, or not UTF-8.
 */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  checkCharset(request.headers.get('content-type') ?? '')
  const encoding = encodingOf(request)
  const compression = compressions.get(encoding)
  if (compression === undefined && encoding !== 'identity') {
    throw new RequestProblem(415, 'unsupported-encoding', 'send the body plain, or as gzip')
  }
  const sent = await readBytes(request, maxBytes)
  const bytes = compression ? await unpack(sent, compression, maxBytes) : sent
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RequestProblem(400, 'invalid-utf8', 'the body is not valid UTF-8')
  }
}

/** Pages of another origin name it in the address: the header would cost them a preflight. The header counts first. */
function encodingOf({ headers, url }: Request): string {
  const named = headers.get('content-encoding') ?? (url.includes('encoding=') ? encodingParameter(url) : null)
  return named?.trim().toLowerCase() || 'identity'
}

const encodingParameter = (url: string): string | null => new URL(url).searchParams.get('encoding')

function checkCharset(contentType: string): void {
  const [, ...parameters] = contentType.toLowerCase().split(';')
  const charset = parameters.map((parameter) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(parameter)?.[1]).find(Boolean)
  if (charset !== undefined && !acceptedCharsets.has(charset)) {
    throw new RequestProblem(415, 'unsupported-charset', 'send the body in UTF-8')
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
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

/** Stops at the limit, so that a small body cannot become a large one in memory. */
async function unpack(
  bytes: Uint8Array<ArrayBuffer>,
  format: CompressionFormat,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readStream(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)), maxBytes)
  } catch (error) {
    if (error instanceof RequestProblem) throw error
    throw new RequestProblem(400, 'invalid-encoding', `the body is not valid ${format}`)
  }
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
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

function limited(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

function tooLarge(maxBytes: number): RequestProblem {
  return new RequestProblem(413, 'body-too-large', `send at most ${maxBytes} bytes in one request`)
}
