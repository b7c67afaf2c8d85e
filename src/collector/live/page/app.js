// @ts-check
import { connect } from './connection.js'
import { byId } from './dom.js'
import { firstSteps, noMatch } from './empty-state.js'
import { createEventDetails } from './event-details.js'
import { createEventList } from './event-list.js'
import { createEventLog } from './event-log.js'
import { createHeader } from './header.js'
import { createPeople } from './people.js'
import { fetchPersonHistory } from './person-history.js'
import { createToolbar } from './toolbar.js'
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/** @typedef {import('./event-log.js').Filter} Filter */

/** Rows in the page; the filter reaches further back. */
const maxRows = 500

const feed = byId('feed')
const people = createPeople()
const log = createEventLog()
const header = createHeader()
const toolbar = createToolbar(byId('toolbar'), {
  onFilter,
  onClearPerson: () => choosePerson(null),
  onPause: togglePause,
})
const list = createEventList({ personOf: people.of, onOpen: toggle, onPerson: choosePerson, onMove: follow })
const details = createEventDetails(byId('details'), { personOf: people.of, onPerson: choosePerson, onClose: close })

/** @type {Filter} */
const filter = { type: null, text: '', personKey: null }
/** @type {StoredEvent | null} */
let chosen = null
let paused = false
let waiting = 0
let scheduled = false
let started = false

feed.append(list.node)
connect({ onState: header.setState, onStats: header.setStats, onEvents })
document.addEventListener('keydown', onKey)

/** @param {StoredEvent[]} events @param {import('../person-history').ProjectEdge[]} edges */
function onEvents(events, edges) {
  started = true
  const learned = people.learn(events, edges)
  const added = log.add(events)
  if (paused) waiting += added
  if (learned) onLearned()
  schedule()
}

function onLearned() {
  list.refreshPeople()
  details.refresh()
  if (!chosen) return
  filter.personKey = people.keyOf(chosen)
  toolbar.setPerson(people.of(chosen))
}

/** Many batches may arrive between two frames: they are drawn once. */
function schedule() {
  if (scheduled) return
  scheduled = true
  // A tab in the background gets no frames, but shall be up to date when it is looked at.
  if (document.hidden) setTimeout(draw, 200)
  else requestAnimationFrame(draw)
}

function draw() {
  scheduled = false
  const events = log.select(filter, people.keyOf, maxRows)
  list.show(events)
  toolbar.setTypes(log.types())
  toolbar.setPaused(paused, waiting)
  void showEmpty(events.length > 0 ? null : log.size > 0 || filter.personKey ? 'no-match' : 'first-steps')
}

/** @type {string | null} */
let emptyKind = null

/** @param {'no-match' | 'first-steps' | null} kind */
async function showEmpty(kind) {
  if (kind === emptyKind || !started) return
  emptyKind = kind
  const node = kind === 'first-steps' ? await firstSteps() : kind === 'no-match' ? noMatch(clearFilter) : null
  if (emptyKind !== kind) return
  feed.querySelector('.empty')?.remove()
  if (node) feed.append(node)
}

/** @param {Partial<Filter>} change */
function onFilter(change) {
  Object.assign(filter, change)
  schedule()
}

function clearFilter() {
  toolbar.clear()
  void choosePerson(null)
}

/** @param {StoredEvent | null} event one of the person's events */
async function choosePerson(event) {
  chosen = event
  log.setHistory([])
  filter.personKey = event && people.keyOf(event)
  const person = event && people.of(event)
  toolbar.setPerson(person)
  scrollTo({ top: 0 })
  schedule()
  if (!person) return
  try {
    const history = await fetchPersonHistory(person)
    if (chosen !== event) return
    if (people.learn(history.events.toReversed(), history.edges)) onLearned()
    log.setHistory(history.events)
    toolbar.setPerson(
      people.of(/** @type {StoredEvent} */ (event)),
      history.truncated ? 'latest events' : 'whole history',
    )
  } catch (error) {
    toolbar.setPerson(person, `history not available: ${error instanceof Error ? error.message : error}`)
  }
  schedule()
}

function togglePause() {
  paused = !paused
  waiting = 0
  log.freeze(paused)
  schedule()
}

/** @param {StoredEvent} event */
function toggle(event) {
  if (details.event === event) return close()
  const closeButton = details.show(event)
  list.markOpen(event)
  document.body.classList.add('has-details')
  // Where the payload covers the list, the keyboard belongs into it; beside the list it stays on the row.
  if (matchMedia('(max-width: 63.99rem)').matches) closeButton.focus()
}

/** @param {StoredEvent} event the row that the arrow keys went to */
function follow(event) {
  if (details.event && details.event !== event) toggle(event)
}

function close() {
  const event = details.event
  if (!event) return
  details.hide()
  list.markOpen(null)
  document.body.classList.remove('has-details')
  list.focus(event)
}

/** @param {KeyboardEvent} pressed */
function onKey(pressed) {
  if (pressed.key === 'Escape') return details.event ? close() : filter.personKey ? void choosePerson(null) : undefined
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.target instanceof HTMLInputElement) return
  if (pressed.key === '/') {
    pressed.preventDefault()
    toolbar.focusSearch()
  } else if (pressed.key === 'p') togglePause()
}
