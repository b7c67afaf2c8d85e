import { createFetchSender } from '../core/delivery/fetch-sender'
import type { DeliveryPlatform } from '../core/delivery/host'
import { createMemoryEventStore } from '../core/delivery/memory-event-store'

/** Any runtime with the web's own globals: Node, Lambda, edge functions. */
export const createRelayPlatform = (): DeliveryPlatform => ({
  runtime: 'node',
  now: Date.now,
  random: Math.random,
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  sender: createFetchSender(
    ({ url, method, headers, body }, _keepalive, timeoutMs) =>
      fetch(url, { method, headers, body, signal: AbortSignal.timeout(timeoutMs) }),
    // No request outlives its process.
    () => 'process',
  ),
  async hash(text) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  },
  events: createMemoryEventStore(),
  lifecycle: { onLeave() {}, onReturn() {}, onConnectivity() {}, close() {} },
})
