import type { Sender, SendResult } from '../core/platform'

/** Requests at the same time. More only fills the receiver's queue: measured, 4 keep a collector busy. */
export const MAX_REQUESTS = 4

/** A sender that holds back what is too much; the time of waiting is not part of the timeout. */
export function limitRequests(sender: Sender): Sender {
  const waiting: (() => void)[] = []
  let running = 0
  const leave = (result: SendResult): SendResult => {
    const next = waiting.shift()
    if (next) next()
    else running--
    return result
  }
  return {
    ...sender,
    async send(request, options) {
      if (running < MAX_REQUESTS) running++
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return leave(await sender.send(request, options))
    },
  }
}
