// @ts-check
import { copyButton } from './copy-button.js'
import { duration, fullTime, lagMs, nameOf, referrerOf, shortTime, urlOf } from './describe.js'
import { element } from './dom.js'
import { face } from './event-row.js'
import { jsonView } from './json-view.js'
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/** @typedef {import('./people.js').Person} Person */

/**
 * The opened event: who, when, where, and the payload.
 * @param {HTMLElement} panel
 * @param {{ personOf: (event: StoredEvent) => Person, onPerson: (event: StoredEvent) => void, onClose: () => void }} options
 */
export function createEventDetails(panel, { personOf, onPerson, onClose }) {
  /** @type {StoredEvent | null} */
  let shown = null

  /** @param {StoredEvent} event */
  function show(event) {
    shown = event
    const close = element(
      'button',
      { type: 'button', class: 'quiet close', title: 'Close (Esc)', click: onClose },
      'Close',
    )
    panel.replaceChildren(
      element(
        'div',
        { class: 'details-head', 'data-type': event.type },
        element('span', { class: 'badge' }, event.type),
        element('h2', {}, nameOf(event)),
        close,
      ),
      personCard(event, personOf(event), onPerson),
      factList(event),
      element(
        'div',
        { class: 'payload' },
        element(
          'div',
          { class: 'payload-head' },
          element('h3', {}, 'Payload'),
          copyButton('Copy', () => JSON.stringify(event, null, 2)),
        ),
        jsonView(event),
      ),
    )
    panel.hidden = false
    panel.scrollTop = 0
    return close
  }

  return {
    show,
    hide() {
      shown = null
      panel.hidden = true
      panel.replaceChildren()
    },
    /** The person may be known now. */
    refresh() {
      const old = panel.querySelector('.person-card')
      if (shown && old) old.replaceWith(personCard(shown, personOf(shown), onPerson))
    },
    get event() {
      return shown
    },
  }
}

/** @param {StoredEvent} event @param {Person} person @param {(event: StoredEvent) => void} onPerson */
function personCard(event, person, onPerson) {
  const named = [person.traits.name, person.traits.email].filter((text) => typeof text === 'string').join(' · ')
  const note =
    person.userId === null
      ? 'Anonymous so far'
      : event.userId === null
        ? 'Anonymous at this moment, known since'
        : named || 'Known user'
  return element(
    'button',
    {
      type: 'button',
      class: 'person-card',
      click: () => onPerson(event),
      title: 'Show the whole history of this person',
    },
    face(person),
    element('span', { class: 'who' }, element('strong', {}, person.label), element('span', {}, note)),
    element('span', { class: 'more' }, 'All events'),
  )
}

/**
 * Anybody with the public key can put an object here that throws when it becomes text.
 * @param {unknown} value
 */
const plain = (value) => (typeof value === 'string' || typeof value === 'number' ? value : '?')

/** @param {StoredEvent} event */
function factList(event) {
  const { session, sequence } = event.context
  const url = urlOf(event)
  /** @type {[string, string | null | undefined | false][]} */
  const facts = [
    ['Happened', fullTime(event.timestamp)],
    ['Received', `${fullTime(event.receivedAt)}, ${duration(lagMs(event))} later`],
    ['By its clock', event.originalTimestamp !== event.timestamp && fullTime(event.originalTimestamp)],
    ['User id', event.userId],
    ['Anonymous id', event.anonymousId],
    ['Visit', session && `number ${plain(session.number)}, began ${shortTime(plain(session.start))}`],
    ['Session id', session && `${plain(session.id)}`],
    ['Page', url],
    ['Referrer', referrerOf(event)],
    ['Sequence', sequence && `number ${plain(sequence.number)} of page ${plain(sequence.instance)}`],
    ['Project', event.project],
    ['Message id', event.messageId],
  ]
  const list = element('dl', { class: 'facts' })
  for (const [term, value] of facts) if (value) list.append(element('dt', {}, term), element('dd', {}, value))
  return list
}
