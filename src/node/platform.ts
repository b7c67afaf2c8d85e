import { customRandom, urlAlphabet } from 'nanoid'
import { createMemoryEventStore } from '../core/delivery/memory-event-store'
import { createMemoryStorage } from '../core/memory-storage'
import type { Lifecycle, Platform } from '../core/platform'
import { LIBRARY } from '../core/version'
import { createFetchSender } from './sender'

/** A server process: everything in memory, nothing shared between two clients. Uses globals that edge runtimes have too. */
export function createNodePlatform(): Platform {
  const { locale, timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions()
  return {
    runtime: 'node',
    now: Date.now,
    id: newId,
    random: Math.random,
    setTimer,
    sender: createFetchSender(),
    hash,
    events: createMemoryEventStore(),
    storage: createMemoryStorage(),
    context: () => ({ library: LIBRARY, locale, timezone }),
    query: () => ({}),
    pageProperties: () => ({}),
    lifecycle,
    warn: (message) => console.warn(message),
  }
}

const ID_LENGTH = 21
const pool = new Uint8Array(ID_LENGTH * 256)
let used = pool.length

/** Random bytes are fetched for many ids at once: measured, a fetch for each id took half the time of a call. */
const newId = customRandom(urlAlphabet, ID_LENGTH, (size) => {
  if (used + size > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  used += size
  return pool.subarray(used - size, used)
})

/** A process is not told when it ends, so `flush()` and `close()` are the way. */
const lifecycle: Lifecycle = { onLeave() {}, onReturn() {}, onConnectivity() {}, close() {} }

function setTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs)
  // Edge runtimes give a number, Node an object that can let the process end.
  if (typeof timer === 'object') timer.unref()
  return () => clearTimeout(timer)
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
