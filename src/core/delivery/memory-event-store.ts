import { eventKey, nextNumber } from './event-key'
import type { EventStore } from './event-store'

/** A journal for hosts without a durable place: delivery itself holds the events, so only keys and texts are kept. */
export const createMemoryEventStore = (): EventStore => {
  const texts = new Map<string, string>()
  let last = 0
  return {
    newKey() {
      last = nextNumber(last, Date.now())
      return eventKey('memory', last)
    },
    put: () => ({ status: 'memory' }),
    remove() {},
    adopt() {},
    getText: (key) => texts.get(key) ?? null,
    setText(key, value) {
      if (value === null) texts.delete(key)
      else texts.set(key, value)
    },
    clear(name = '') {
      for (const key of texts.keys()) if (key.startsWith(name && `${name}:`)) texts.delete(key)
      return 0
    },
    keep() {},
    release() {},
    resume: (then) => then(() => true),
    close() {},
  }
}
