// What the receiver got, beside the page. A real site has no such thing; all that tracks is in main.js.
const element = (tag, className, ...children) => {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}

const box = document.querySelector('#receiver')
const open = new Set()

const act = (what) => fetch('/receiver/do', { method: 'POST', body: what })

const clock = (time) => new Date(time).toLocaleTimeString('en-GB')

const size = (bytes) => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`)

const count = (number, what) => `${number} ${what}${number === 1 ? '' : 's'}`

/** One event; its whole text where it is opened, and it stays open when more arrives. */
function toEvent({ kind, title, who, data }, key) {
  const row = element(
    'details',
    'event',
    element(
      'summary',
      '',
      element('b', `kind ${kind}`, kind),
      element('span', 'title', title ?? ''),
      element('i', '', who ?? ''),
    ),
    element('pre', '', JSON.stringify(data, null, 2)),
  )
  row.open = open.has(key)
  row.addEventListener('toggle', () => (row.open ? open.add(key) : open.delete(key)))
  return row
}

function toNote([label, value]) {
  const note = element('span', '', `${label} `, element('code', '', value.slice(0, 8)))
  note.title = value
  return note
}

function toRequest({ id, time, request, type, bytes, status, isTaken, notes = [], events = [] }) {
  const parts = [type, bytes && size(bytes), events.length && count(events.length, 'event')]
  return element(
    'li',
    isTaken ? 'request' : 'request refused',
    element(
      'div',
      'line',
      element('code', '', request),
      element('b', 'status', status ?? 'no answer'),
      element('time', '', clock(time)),
    ),
    element('p', '', parts.filter(Boolean).join(' · ')),
    ...(notes.length ? [element('p', 'notes', ...notes.map(toNote))] : []),
    ...events.map((event, index) => toEvent(event, `${id} ${index}`)),
  )
}

const toFact = ([label, value]) => element('div', '', element('dt', '', label), element('dd', '', value))

function toButton(what, title, isChosen) {
  const button = element('button', '', what)
  button.type = 'button'
  button.title = title
  if (isChosen !== undefined) button.ariaPressed = isChosen
  button.addEventListener('click', () => act(what))
  return button
}

const empty = () =>
  element(
    'p',
    'nothing',
    'Nothing has arrived yet. Click something on the page, or let the receiver fail first and see what becomes of it.',
  )

/** Focus survives a redraw: whoever steers by keyboard stays where they are. */
function keepingFocus(draw) {
  const focused = [...box.querySelectorAll('button, summary')].indexOf(document.activeElement)
  draw()
  if (focused >= 0) box.querySelectorAll('button, summary')[focused]?.focus({ preventScroll: true })
}

function show({ name, mode, modes: all, actions, facts, requests, older }) {
  const list = element('ol', '', ...requests.map(toRequest).reverse())
  list.ariaLabel = 'Requests, the newest first'
  const modes = element(
    'div',
    'modes',
    ...Object.entries(all).map(([what, title]) => toButton(what, title, what === mode)),
  )
  modes.role = 'group'
  modes.ariaLabel = 'What the receiver does'
  keepingFocus(() =>
    box.replaceChildren(
      element('h2', '', `What ${name} got`),
      element('div', 'it', element('span', '', 'The receiver'), modes),
      ...(actions.length ? [element('div', 'actions', ...actions.map((what) => toButton(what, '')))] : []),
      element('dl', '', ...facts.map(toFact)),
      requests.length ? list : empty(),
      ...(older ? [element('p', 'nothing', `${count(older, 'older request')} not shown.`)] : []),
    ),
  )
}

const stream = new EventSource('/receiver')
stream.addEventListener('message', ({ data }) => show(JSON.parse(data)))
stream.addEventListener('error', () => box.classList.add('away'))
stream.addEventListener('open', () => box.classList.remove('away'))
