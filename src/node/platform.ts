import { createMemoryEventStore } from '../core/delivery/memory-event-store'
import { createMemoryStorage } from '../core/memory-storage'
import type { Lifecycle, Platform } from '../core/platform'
import { createFetchSender } from './sender'
import { systemContext } from './system'

/** A server process: everything in memory, nothing shared between two clients. Uses globals that edge runtimes have too. */
export function createNodePlatform(): Platform {
  const { locale, timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions()
  const context = { ...systemContext(), locale, timezone }
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
    context: () => ({ ...context }),
    query: () => ({}),
    pageProperties: () => ({}),
    lifecycle,
    warn: (message) => console.warn(message),
  }
}

const ID_LENGTH = 21
/** Base64 makes 4 characters of 3 bytes: these are 256 ids. */
const pool = new Uint8Array(ID_LENGTH * 192)
let text = ''
let used = 0

/** Ids are cut from one text: measured, random bytes and a text of its own for each id took a fifth of a call. */
function newId(): string {
  if (used === text.length) {
    const base64 = btoa(String.fromCharCode(...crypto.getRandomValues(pool)))
    text = base64.replaceAll('+', '-').replaceAll('/', '_')
    used = 0
  }
  return text.slice(used, (used += ID_LENGTH))
}

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
