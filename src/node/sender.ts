import { createFetchSender as createCoreSender } from '../core/delivery/fetch-sender'
import type { Sender } from '../core/platform'

/** Sends with the global fetch of the moment, so that tests and proxies may replace it. */
export const createFetchSender = (): Sender =>
  createCoreSender(
    async ({ url, method, headers, body }, _keepalive, timeoutMs) => {
      const controller = new AbortController()
      const timer = setTimeout(() => controller.abort(), timeoutMs)
      const answer = await fetch(url, { method, headers, body, signal: controller.signal }).catch((error: unknown) => {
        clearTimeout(timer)
        throw error
      })
      const text = () => answer.text().finally(() => clearTimeout(timer))
      return { status: answer.status, headers: answer.headers, text }
    },
    // No request outlives its process.
    () => 'process',
  )
