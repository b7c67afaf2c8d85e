/** First in, first out: small things, each with a text. */
export interface Backlog<Item> {
  size(): number
  push(text: string, item: Item): void
  shift(): { text: string; item: Item } | undefined
}

interface Chunk<Item> {
  bytes: Uint8Array
  /** Where each text ends. */
  ends: number[]
  items: Item[]
  /** How many have been taken out. */
  taken: number
}

const CHUNK_BYTES = 262_144

/**
 * The texts lie outside of the heap, as UTF-8 in large pieces. Measured with a burst of 100,000 events: as strings they
 * made the collector of garbage take a third of the time, and let the heap grow to twice their size.
 */
export function createBacklog<Item>(): Backlog<Item> {
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  let chunks: Chunk<Item>[] = []
  let size = 0
  const open = (bytes: number): Chunk<Item> => {
    const chunk = { bytes: new Uint8Array(Math.max(bytes, CHUNK_BYTES)), ends: [], items: [], taken: 0 }
    chunks.push(chunk)
    return chunk
  }
  return {
    size: () => size,
    push(text, item) {
      // UTF-8 takes at most three bytes for each unit of UTF-16.
      const most = text.length * 3
      const last = chunks.at(-1)
      const used = last?.ends.at(-1) ?? 0
      const chunk = last && used + most <= last.bytes.length ? last : open(most)
      const start = chunk === last ? used : 0
      const { written } = encoder.encodeInto(text, start ? chunk.bytes.subarray(start) : chunk.bytes)
      chunk.ends.push(start + written)
      chunk.items.push(item)
      size++
    },
    shift() {
      const chunk = chunks[0]
      if (!chunk || !size) return undefined
      const index = chunk.taken++
      const text = decoder.decode(chunk.bytes.subarray(chunk.ends[index - 1] ?? 0, chunk.ends[index]))
      const item = chunk.items[index] as Item
      size--
      if (chunk.taken === chunk.ends.length) {
        // The one piece of a queue that is nearly empty is used again.
        if (chunks.length > 1) chunks = chunks.slice(1)
        else Object.assign(chunk, { ends: [], items: [], taken: 0 })
      }
      return { text, item }
    },
  }
}
