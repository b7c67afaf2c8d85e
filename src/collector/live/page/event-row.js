// @ts-check
import { duration, fullTime, isLate, lagMs, nameOf, pathOf, shortTime } from './describe.js'
import { element } from './dom.js'
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/** @typedef {import('./people.js').Person} Person */
/**
 * @typedef {object} EventRow
 * @property {StoredEvent} event
 * @property {HTMLLIElement} node
 * @property {HTMLButtonElement} open
 * @property {(person: Person) => void} setPerson
 */

/**
 * A disc in the person's colour; a ring while nobody knows who it is.
 * @param {Person} person
 */
export function face(person) {
  const node = element(
    'span',
    { class: person.userId ? 'face' : 'face unknown', 'aria-hidden': 'true' },
    person.initial,
  )
  node.style.setProperty('--hue', String(person.hue))
  return node
}

/**
 * @param {StoredEvent} event @param {Person} person
 * @param {{ onOpen: (event: StoredEvent) => void, onPerson: (event: StoredEvent) => void }} handlers
 * @returns {EventRow}
 */
export function createEventRow(event, person, { onOpen, onPerson }) {
  const path = pathOf(event)
  const open = element(
    'button',
    { type: 'button', class: 'open', tabindex: -1, click: () => onOpen(event) },
    nameOf(event),
  )
  const who = element('button', { type: 'button', class: 'person', tabindex: -1, click: () => onPerson(event) })
  const late = isLate(event)
  const time = element(
    'time',
    { datetime: event.timestamp, title: fullTime(event.timestamp) },
    shortTime(event.timestamp),
  )
  const node = element(
    'li',
    { class: 'row', 'data-type': event.type },
    element(
      'span',
      { class: 'when' },
      time,
      late && element('span', { class: 'late' }, `${duration(lagMs(event))} late`),
    ),
    element('span', { class: 'badge' }, event.type),
    element('span', { class: 'name' }, open),
    who,
    element('span', { class: 'path', title: path }, path),
  )

  let shownKey = ''
  /** @param {Person} next */
  function setPerson(next) {
    const look = `${next.key}\n${next.initial}`
    if (look === shownKey) return
    const joined = shownKey !== '' && !shownKey.startsWith(`${next.key}\n`)
    shownKey = look
    const wasAnonymous = next.userId !== null && event.userId === null
    who.replaceChildren(face(next), element('span', { class: 'label' }, next.label))
    who.title = wasAnonymous ? `${next.label}, before it was known who it is` : `All events of ${next.label}`
    who.classList.toggle('before', wasAnonymous)
    if (joined) node.classList.add('joined')
  }

  setPerson(person)
  return { event, node, open, setPerson }
}
