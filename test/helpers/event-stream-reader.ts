export interface StreamMessage {
  event: string
  data: unknown
  id: string | null
}

/** Reads Server-Sent Events as a browser would, one message at a time. */
export function readEventStream(stream: ReadableStream<Uint8Array>) {
  const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let text = ''

  /** The next block of lines, comments included; null at the end of the stream. */
  async function block(): Promise<string | null> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const found = text.slice(0, end)
        text = text.slice(end + 2)
        return found
      }
      const { done, value } = await reader.read()
      if (done) return null
      text += value
    }
  }

  /** The next message of this kind; others and comments are skipped. Null at the end of the stream. */
  async function next(event: string): Promise<StreamMessage | null> {
    for (let found = await block(); found !== null; found = await block()) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(found ?? '')?.[1] ?? null
      if (field('event') === event) return { event, data: JSON.parse(field('data') ?? 'null'), id: field('id') }
    }
    return null
  }

  return { block, next, cancel: () => reader.cancel() }
}
