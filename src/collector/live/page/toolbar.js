// @ts-check
import { element } from './dom.js'
import { face } from './event-row.js'
import { createTypeFilter } from './type-filter.js'
/** @typedef {import('./event-log.js').Filter} Filter */
/** @typedef {import('./people.js').Person} Person */

/**
 * @param {HTMLElement} bar
 * @param {{ onFilter: (change: Partial<Filter>) => void, onClearPerson: () => void, onPause: () => void }} options
 */
export function createToolbar(bar, { onFilter, onClearPerson, onPause }) {
  const types = createTypeFilter((type) => onFilter({ type }))
  const person = element('div', { class: 'chosen' })
  const search = element('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Search name, path, id, anything',
    'aria-label': 'Search events (press / to come here)',
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => onFilter({ text: search.value }),
  })
  const pause = element(
    'button',
    { type: 'button', class: 'pause', 'aria-pressed': 'false', title: 'P', click: onPause },
    'Pause',
  )
  bar.append(types.node, search, person, pause)
  return {
    setTypes: types.setTypes,
    /** @param {Person | null} chosen @param {string} [note] */
    setPerson(chosen, note = '') {
      if (!chosen) return person.replaceChildren()
      const clear = element(
        'button',
        { type: 'button', class: 'clear', 'aria-label': 'Show everybody', click: onClearPerson },
        '×',
      )
      person.replaceChildren(
        face(chosen),
        element('strong', {}, chosen.label),
        element('span', { class: 'note' }, note),
        clear,
      )
    },
    /** @param {boolean} paused @param {number} waiting */
    setPaused(paused, waiting) {
      pause.setAttribute('aria-pressed', String(paused))
      pause.textContent = paused ? `Resume${waiting ? ` · ${waiting.toLocaleString()} new` : ''}` : 'Pause'
    },
    clear() {
      search.value = ''
      types.choose(null)
      onFilter({ text: '' })
    },
    focusSearch: () => search.focus(),
  }
}
