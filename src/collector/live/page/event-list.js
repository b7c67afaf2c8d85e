// @ts-check
import { keyOf } from './describe.js'
import { element } from './dom.js'
import { createEventRow } from './event-row.js'
import { addRowNavigation } from './row-navigation.js'
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/** @typedef {import('./event-row.js').EventRow} EventRow */
/** @typedef {import('./people.js').Person} Person */
/**
 * @typedef {object} EventListOptions
 * @property {(event: StoredEvent) => Person} personOf
 * @property {(event: StoredEvent) => void} onOpen
 * @property {(event: StoredEvent) => void} onPerson
 * @property {(event: StoredEvent) => void} onMove the arrow keys went to this event
 */

/** More arrivals than this at once are shown without animation. */
const maxAnimated = 12

/**
 * The rows, newest first.
 * @param {EventListOptions} options
 */
export function createEventList(options) {
  const { personOf, onMove } = options
  const list = element('ol', { class: 'events' })
  /** @type {Map<string, EventRow>} in no order */
  const rows = new Map()
  const keepTabStop = addRowNavigation(list, (node) => {
    const row = [...rows.values()].find((candidate) => candidate.node === node)
    if (row) onMove(row.event)
  })
  let openKey = ''
  let started = false

  /** @param {boolean} open */
  function setOpen(open) {
    const row = rows.get(openKey)
    row?.node.classList.toggle('is-open', open)
    row?.open.setAttribute('aria-expanded', String(open))
  }

  return {
    node: list,

    /** @param {StoredEvent[]} events newest first: the list shows these and no others */
    show(events) {
      const added = arrange(list, rows, events, (event) => createEventRow(event, personOf(event), options))
      setOpen(true)
      if (started && added.length <= maxAnimated) for (const row of added) row.node.classList.add('arrived')
      started = started || events.length > 0
      keepTabStop()
    },

    /** Somebody is known now: shows all rows under the person that they belong to. */
    refreshPeople() {
      for (const row of rows.values()) row.setPerson(personOf(row.event))
    },

    /** @param {StoredEvent | null} event the one whose payload is open */
    markOpen(event) {
      setOpen(false)
      openKey = event ? keyOf(event) : ''
      setOpen(true)
    },

    /** @param {StoredEvent} event */
    focus(event) {
      rows.get(keyOf(event))?.open.focus()
    },
  }
}

/**
 * Brings the list into this order, and touches no row that is in its place already.
 * @param {HTMLOListElement} list @param {Map<string, EventRow>} rows @param {StoredEvent[]} events
 * @param {(event: StoredEvent) => EventRow} createRow
 * @returns {EventRow[]} the new ones
 */
function arrange(list, rows, events, createRow) {
  const wanted = new Set(events.map(keyOf))
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue
    row.node.remove()
    rows.delete(key)
  }
  const added = []
  let place = list.firstElementChild
  for (const event of events) {
    let row = rows.get(keyOf(event))
    if (!row) {
      row = createRow(event)
      rows.set(keyOf(event), row)
      added.push(row)
    }
    if (row.node === place) place = place.nextElementSibling
    else list.insertBefore(row.node, place)
  }
  return added
}
