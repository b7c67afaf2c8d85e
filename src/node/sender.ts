import { createFetchSender as createCoreSender } from '../core/delivery/fetch-sender'
import type { Sender } from '../core/platform'
import { packBody } from './pack-body'

export interface FetchSender extends Sender {
  /** Gives up what is under way, so that it does not keep a process alive that ends. */
  abort(): void
}

/** Sends with the global fetch of the moment, so that tests and proxies may replace it. */
export const createFetchSender = (): FetchSender => {
  const running = new Set<AbortController>()
  const sender = createCoreSender(
    async (request, _keepalive, timeoutMs) => {
      const { url, method } = request
      const { headers, body } = request.gzip ? await packBody(request) : request
      const controller = new AbortController()
      const timer = setTimeout(() => controller.abort(), timeoutMs)
      const end = () => {
        clearTimeout(timer)
        running.delete(controller)
      }
      running.add(controller)
      const answer = await fetch(url, { method, headers, body, signal: controller.signal }).catch((error: unknown) => {
        end()
        throw error
      })
      return { status: answer.status, headers: answer.headers, text: () => answer.text().finally(end) }
    },
    // No request outlives its process.
    () => 'process',
  )
  return {
    ...sender,
    abort() {
      for (const controller of running) controller.abort()
    },
  }
}
