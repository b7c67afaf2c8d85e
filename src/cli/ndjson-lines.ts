import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliError } from './cli-error'

export interface NdjsonInput {
  /** For messages. */
  name: string
  /** Bytes, where it is known how many there are. */
  size: number | null
  open(): Readable
}

export interface NdjsonLine {
  /** From 1. */
  number: number
  /** Null where the line is longer than an event may be: it was not kept. */
  text: string | null
  /** Bytes of the input that were read so far, packed ones where it is packed. */
  bytesRead: number
}

export async function fileInput(name: string, path: string): Promise<NdjsonInput> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) throw new CliError(`there is no file ${name}`)
  return { name, size: found.size, open: () => createReadStream(path) }
}

const lineFeed = 10
const gzipMark = Buffer.from([0x1f, 0x8b])

/** Lines that are not empty. Packed input is known by its first bytes, not by its name. Memory is bounded by `maxLineBytes`. */
export async function* ndjsonLines(input: NdjsonInput, maxLineBytes: number): AsyncGenerator<NdjsonLine> {
  let bytesRead = 0
  let number = 0
  const splitter = createLineSplitter(maxLineBytes)
  const chunks = unpacked(input.open(), (length) => (bytesRead += length))
  for (;;) {
    const { done, value } = await chunks.next().catch((error: Error) => {
      throw new CliError(`${input.name}: ${error.message}`)
    })
    if (done) break
    for (const text of splitter.push(value)) {
      number++
      if (text !== '') yield { number, text, bytesRead }
    }
  }
  const rest = splitter.end()
  if (rest !== '') yield { number: number + 1, text: rest, bytesRead }
}

/** Cuts bytes, not text: a line feed is never part of another character in UTF-8. */
function createLineSplitter(maxLineBytes: number) {
  let held: Buffer[] = []
  let heldBytes = 0

  function hold(part: Buffer): void {
    heldBytes += part.length
    if (heldBytes <= maxLineBytes) held.push(part)
    else held = []
  }

  function take(): string | null {
    const text =
      heldBytes > maxLineBytes
        ? null
        : Buffer.concat(held)
            .toString('utf8')
            .replace(/^\ufeff/, '')
            .trim()
    held = []
    heldBytes = 0
    return text
  }

  return {
    *push(chunk: Buffer): Generator<string | null> {
      let start = 0
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
        hold(chunk.subarray(start, end))
        yield take()
        start = end + 1
      }
      if (start < chunk.length) hold(chunk.subarray(start))
    },
    end: take,
  }
}

/** The bytes of a stream, unpacked where they are gzip. */
async function* unpacked(source: Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head: Buffer = Buffer.alloc(0)
  while (head.length < gzipMark.length) {
    const { done, value } = await iterator.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  async function* all() {
    for (let chunk = head; ; ) {
      count(chunk.length)
      yield chunk
      const { done, value } = await iterator.next()
      if (done) return
      chunk = value
    }
  }
  if (!head.subarray(0, gzipMark.length).equals(gzipMark)) return yield* all()
  const unzip = createGunzip()
  // Its errors reach the reader of `unzip`.
  pipeline(Readable.from(all()), unzip, () => {})
  yield* unzip
}
