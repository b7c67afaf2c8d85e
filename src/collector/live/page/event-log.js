// @ts-check
import { keyOf, nameOf, pathOf } from './describe.js'
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/**
 * @typedef {object} Filter
 * @property {string | null} type
 * @property {string} text
 * @property {string | null} personKey
 */

/** What the page keeps in memory; the store has the rest. */
const maxKept = 3_000

/** The events that this page has seen, and which of them are to be shown. */
export function createEventLog() {
  /** @type {StoredEvent[]} oldest first */
  let events = []
  /** @type {StoredEvent[]} the person's events that were asked from the store */
  let history = []
  /** @type {Set<string>} */
  let seen = new Set()
  /** @type {StoredEvent[] | null} what is shown while the page is paused */
  let frozen = null

  return {
    /** @param {readonly StoredEvent[]} batch oldest first @returns {number} how many of them are new */
    add(batch) {
      const fresh = batch.filter((event) => !seen.has(keyOf(event)) && seen.add(keyOf(event)))
      events.push(...fresh)
      // Cut a third at a time: cutting one by one would copy the list for each event.
      if (events.length > maxKept * 1.5) {
        events = events.slice(-maxKept)
        seen = new Set(events.map(keyOf))
      }
      return fresh.length
    },

    /** @param {StoredEvent[]} found newest first; empty when no person is chosen any more */
    setHistory(found) {
      history = found
    },

    /**
     * @param {Filter} filter @param {(event: StoredEvent) => string} personKeyOf @param {number} limit
     * @returns {StoredEvent[]} newest first
     */
    select(filter, personKeyOf, limit) {
      const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
      const shown = frozen ?? events
      const selected = []
      const source = filter.personKey ? withHistory(shown, events, history) : shown
      for (let index = source.length - 1; index >= 0 && selected.length < limit; index--) {
        const event = /** @type {StoredEvent} */ (source[index])
        const isPersons = !filter.personKey || personKeyOf(event) === filter.personKey
        if (isPersons && fits(event, filter.type, words)) selected.push(event)
      }
      return selected
    },

    /** @param {boolean} paused whether later arrivals are kept back */
    freeze(paused) {
      frozen = paused ? [...events] : null
    },

    /** @returns {Set<string>} */
    types: () => new Set(events.map((event) => event.type)),
    get size() {
      return events.length
    },
  }
}

/**
 * @param {StoredEvent[]} shown oldest first @param {StoredEvent[]} all oldest first @param {StoredEvent[]} history newest first
 * @returns {StoredEvent[]} oldest first
 */
function withHistory(shown, all, history) {
  const known = new Set(all.map(keyOf))
  const older = history.filter((event) => !known.has(keyOf(event))).reverse()
  return [...older, ...shown].sort((left, right) => compare(left.receivedAt, right.receivedAt))
}

/** @param {string} left @param {string} right */
function compare(left, right) {
  return left < right ? -1 : left > right ? 1 : 0
}

/** @type {WeakMap<StoredEvent, string>} */
const searchable = new WeakMap()

/** @param {StoredEvent} event @param {string | null} type @param {string[]} words in lower case; all must occur */
function fits(event, type, words) {
  if (type && event.type !== type) return false
  let text = searchable.get(event)
  if (text === undefined && words.length > 0) {
    text = `${nameOf(event)} ${pathOf(event)} ${JSON.stringify(event)}`.toLowerCase()
    searchable.set(event, text)
  }
  return words.every((word) => text?.includes(word))
}
