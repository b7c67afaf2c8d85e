// @ts-check
import { byId, element } from './dom.js'
/** @typedef {import('../../diagnose/findings').Diagnosis} Diagnosis */
/** @typedef {import('../../diagnose/findings').Finding} Finding */
/** @typedef {Diagnosis & { page: string | null, pages: string[] }} Report */

const marks = { good: '✓', warn: '!', bad: '✕', unknown: '?' }
const order = ['bad', 'warn', 'unknown', 'good']
const words = { good: 'Good', warn: 'Worth a look', bad: 'Wrong', unknown: 'Not known' }

const form = /** @type {HTMLFormElement} */ (byId('asked'))
const input = /** @type {HTMLInputElement} */ (byId('page'))

/** Has a cookie set, and says whether scripts see it. */
async function tryCookie() {
  const response = await fetch('diagnose/probe', { method: 'POST' })
  if (!response.ok) throw new Error(String(response.status))
  const { name, mark } = await response.json()
  const readable = document.cookie.split('; ').includes(`${name}=${mark}`)
  return { mark, readable: readable ? '1' : '0' }
}

/** @returns {Promise<Report>} */
async function ask() {
  const trial = await tryCookie()
  const { host, protocol } = location
  const query = new URLSearchParams({ ...trial, host, scheme: protocol, now: String(Date.now()) })
  if (input.value) query.set('page', input.value)
  const response = await fetch(`diagnose/report?${query}`)
  const body = await response.json()
  if (!response.ok) throw new Error(body.error?.message ?? String(response.status))
  return body
}

/** @param {Finding} finding */
function row({ status, title, detail }) {
  return element(
    'li',
    { class: 'finding', 'data-status': status },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, marks[status]),
    element('span', { class: 'offscreen' }, words[status]),
    element('div', {}, element('h3', {}, title), element('p', {}, detail)),
  )
}

/** @param {Finding} finding */
function showVerdict({ status, title, detail }) {
  const verdict = byId('verdict')
  verdict.dataset.status = status
  verdict.replaceChildren(element('h2', {}, title), element('p', {}, detail))
}

async function run() {
  form.setAttribute('aria-busy', 'true')
  try {
    const { verdict, findings, page, pages } = await ask()
    if (!input.value) input.value = page ?? ''
    byId('pages').replaceChildren(...pages.map((value) => element('option', { value })))
    showVerdict(verdict)
    // What is to be done comes first.
    findings.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    byId('findings').replaceChildren(...findings.map(row))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const title = detail === '401' ? 'Signed out: open the printed link again' : 'The diagnosis did not run'
    showVerdict({ id: 'failed', status: 'bad', title, detail: detail === '401' ? '' : detail })
    byId('findings').replaceChildren()
  } finally {
    form.removeAttribute('aria-busy')
    document.body.dataset.done = 'true'
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void run()
})
void run()
