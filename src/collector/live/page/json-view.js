// @ts-check
import { element } from './dom.js'

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * @param {unknown} value anything that JSON has
 * @returns {HTMLPreElement} indented, with keys and values told apart by colour
 */
export function jsonView(value) {
  const text = JSON.stringify(value, null, 2)
  const pre = element('pre', { class: 'json', tabindex: 0, 'aria-label': 'Payload as JSON' })
  let end = 0
  for (const match of text.matchAll(token)) {
    const [whole, quoted = '', colon] = match
    pre.append(text.slice(end, match.index))
    if (quoted) pre.append(element('span', { class: colon ? 'json-key' : 'json-text' }, quoted), colon ?? '')
    else pre.append(element('span', { class: 'json-value' }, whole))
    end = match.index + whole.length
  }
  pre.append(text.slice(end))
  return pre
}
