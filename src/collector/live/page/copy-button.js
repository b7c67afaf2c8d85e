// @ts-check
import { element } from './dom.js'

const shownMs = 1_600

/**
 * @param {string} label @param {() => string} text what is copied
 * @returns {HTMLButtonElement}
 */
export function copyButton(label, text) {
  const button = element('button', { type: 'button', class: 'quiet copy', click: () => void copy() }, label)
  let timer = 0

  async function copy() {
    const done = await write(text())
    button.textContent = done ? 'Copied' : 'Press Ctrl+C'
    button.classList.toggle('done', done)
    clearTimeout(timer)
    timer = setTimeout(() => {
      button.textContent = label
      button.classList.remove('done')
    }, shownMs)
  }

  return button
}

/**
 * The clipboard API exists only on https and localhost; elsewhere the old command does it.
 * @param {string} text
 */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = element('textarea', { class: 'offscreen', readonly: true })
    area.value = text
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
