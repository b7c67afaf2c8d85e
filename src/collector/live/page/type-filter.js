// @ts-check
import { element } from './dom.js'

/** Shown from the start; others appear once there is such an event. */
const usualTypes = ['page', 'track', 'identify']

/** @param {(type: string | null) => void} onChange null for all types */
export function createTypeFilter(onChange) {
  const node = element('div', { class: 'types', role: 'group', 'aria-label': 'Type of event' })
  /** @type {string | null} */
  let chosen = null
  let known = ''

  /** @param {string | null} type */
  function choose(type) {
    chosen = type
    for (const button of node.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String((button.dataset.type ?? null) === chosen))
    }
    onChange(chosen)
  }

  /** @param {string | null} type choosing it again takes the filter away */
  function typeButton(type) {
    const pressed = String(type === chosen)
    const click = () => choose(type === chosen ? null : type)
    return element('button', { type: 'button', 'data-type': type, 'aria-pressed': pressed, click }, type ?? 'all')
  }

  /** @param {Iterable<string>} seen */
  function setTypes(seen) {
    const all = [...new Set([...usualTypes, ...seen])]
    if (all.join() === known) return
    known = all.join()
    node.replaceChildren(typeButton(null), ...all.map(typeButton))
  }

  setTypes([])
  return { node, setTypes, choose }
}
