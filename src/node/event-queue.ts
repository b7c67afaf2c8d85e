import type { DeliveryState } from '../core/delivery/delivery'
import { routeLimits } from '../core/delivery/limits'
import { add, bytesOf, countDrops, enqueue, finish, isFull, type Queue, refuse } from './admission'
import { createBacklog } from './backlog'
import { createDeliveryWindow } from './delivery-window'
import { createEventTexts } from './event-text'
import type { EventQueue, EventQueueOptions, TicketExtra } from './queue'
import { adoptEntries, claimOf } from './queue-adoption'
import { createTally, type Tally } from './tally'

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { store } = options
  const queue = createQueue(options)
  if (store) {
    adoptEntries(options, store, {
      corrupt: (count) => countDrops(queue, 'corrupt', count),
      refuse: (event, reason, names) => refuse(queue, event, reason, names),
      enqueue(event, extra) {
        const text = JSON.stringify(event)
        const bytes = bytesOf(text)
        enqueue(queue, { event, text, bytes, extra, isForced: false })
      },
    })
  }
  return {
    add: (event, tally) => add(queue, event, tally),
    roomFor(events) {
      // Half of the bytes stay for others.
      const [maxEvents, bytes] = [Math.min(events, options.limits.maxEvents), options.limits.maxBytes / 2]
      if (!isFull(queue, bytes, maxEvents)) return
      return new Promise((resolve) => queue.waiters.push({ maxEvents, bytes, go: resolve }))
    },
    async flush(timeout) {
      store?.write()
      const tally = createTally(queue.number, queue.waiting)
      queue.tallies.add(tally)
      await drain(queue, tally, timeout)
      queue.tallies.delete(tally)
      return tally.result()
    },
    drain: (tally, timeout) => drain(queue, tally, timeout),
    state: () => stateOf(queue),
    close: () => store?.close(),
  }
}

function createQueue(options: EventQueueOptions): Queue {
  const { context, transports } = options
  const backlog = createBacklog<TicketExtra>()
  const texts = createEventTexts(context)
  const sharedBytes = bytesOf(texts.shared)
  const names = transports.map(({ name }) => name)
  const commonExtra: TicketExtra = { isShort: true, key: '', transports: names, tally: undefined, foreign: undefined }
  const queue: Queue = {
    ...options,
    names,
    commonExtra,
    claims: JSON.stringify(Object.fromEntries(transports.map((transport) => [claimOf(transport), 0]))),
    maxEventBytes: Math.max(...transports.map((transport) => routeLimits(transport).maxEventBytes)),
    texts,
    sharedBytes,
    backlog,
    window: createDeliveryWindow({
      ...options,
      backlog,
      commonExtra,
      texts,
      sharedBytes,
      finish: (ticket) => finish(queue, ticket),
    }),
    waiters: [],
    dropped: {},
    failures: new Map(),
    tallies: new Set(),
    number: 0,
    accepted: 0,
    waiting: 0,
    bytes: 0,
  }
  return queue
}

async function drain({ window }: Queue, tally: Tally, timeout?: Promise<unknown>): Promise<void> {
  let isOver = false
  void timeout?.then(() => void (isOver = true))
  // One failure may be a connection that the receiver has just closed; two in a row are an outage.
  for (let failures = 0; tally.pending() > 0 && failures < 2 && !isOver; ) {
    const before = window.outcomes()
    window.feed()
    await Promise.race(timeout ? [window.flush(), timeout] : [window.flush()])
    failures = window.outcomes() === before ? failures + 1 : 0
  }
}

function stateOf({ accepted, dropped, waiting, window }: Queue): DeliveryState {
  const state = window.state()
  const sum = { ...state.dropped }
  for (const reason in dropped) sum[reason] = (sum[reason] ?? 0) + (dropped[reason] as number)
  return { ...state, accepted, waiting, dropped: sum, quotaRefusals: state.quotaRefusals + (dropped['disk-full'] ?? 0) }
}
