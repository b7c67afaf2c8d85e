// @ts-check
import { byId, element } from './dom.js'
/** @typedef {import('./connection.js').ConnectionState} ConnectionState */
/** @typedef {import('../../store').StoreStats} StoreStats */

/** @type {Record<ConnectionState, string>} */
const words = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  'store-unavailable': 'Store not available',
  'signed-out': 'Signed out: open the printed link again',
}

/** @type {[keyof StoreStats, string, string][]} name of the counter, for one, for any other number */
const counters = [
  ['events', 'event', 'events'],
  ['people', 'person', 'people'],
  ['sessions', 'session', 'sessions'],
  ['rejected', 'rejected', 'rejected'],
]

/** Connection state and counters. */
export function createHeader() {
  const connection = byId('connection')
  const number = new Intl.NumberFormat()
  const cells = counters.map(([name, one, many]) => {
    const value = element('dd', {}, '0')
    const term = element('dt', {}, many)
    const node = element('div', { 'data-counter': name, hidden: name === 'rejected' }, value, term)
    byId('counters').append(node)
    return { name, one, many, value, term, node }
  })

  return {
    /** @param {ConnectionState} state @param {string} [reason] */
    setState(state, reason = '') {
      connection.title = reason
      if (connection.dataset.state === state) return
      connection.dataset.state = state
      connection.replaceChildren(element('span', { class: 'dot', 'aria-hidden': 'true' }), words[state])
    },
    /** @param {StoreStats} stats */
    setStats(stats) {
      for (const { name, one, many, value, term, node } of cells) {
        value.textContent = number.format(stats[name])
        term.textContent = stats[name] === 1 ? one : many
        // Worth a look, but only where there is one.
        if (name === 'rejected') node.hidden = stats[name] === 0
      }
    },
  }
}
