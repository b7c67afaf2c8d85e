// @ts-check
import { copyButton } from './copy-button.js'
import { element } from './dom.js'

/** What to do while there is no event at all. */
export async function firstSteps() {
  const origin = new URL('..', import.meta.url).href.replace(/\/$/, '')
  const response = await fetch(new URL('./config', import.meta.url))
  const key = (response.ok && (await response.json()).projectKey) || 'YOUR_PROJECT_KEY'
  return element(
    'div',
    { class: 'empty' },
    element('div', { class: 'waiting', 'aria-hidden': 'true' }, element('span'), element('span'), element('span')),
    element('h2', {}, 'Waiting for the first event'),
    element('p', {}, 'Leave this page open: events appear here the moment they are stored. Two ways to send one:'),
    snippet('On a page', pageSnippet(origin, key)),
    snippet('In a terminal', curlSnippet(origin, key)),
  )
}

/** @param {() => void} onClear */
export function noMatch(onClear) {
  return element(
    'div',
    { class: 'empty' },
    element('h2', {}, 'Nothing matches'),
    element('p', {}, 'None of the latest events fits this filter. New ones that do will appear here.'),
    element('button', { type: 'button', click: onClear }, 'Clear the filter'),
  )
}

/** @param {string} title @param {string} code */
function snippet(title, code) {
  return element(
    'figure',
    { class: 'snippet' },
    element(
      'figcaption',
      {},
      title,
      copyButton('Copy', () => code),
    ),
    element('pre', { tabindex: 0 }, code),
  )
}

/** @param {string} origin @param {string} key */
function pageSnippet(origin, key) {
  return `<script src="${origin}/firsthand.min.js"></script>
<script>
  const analytics = firsthand.init({
    app: 'my-site',
    plugins: [
      firsthand.collector({ endpoint: '${origin}', projectKey: '${key}' }),
    ],
  })
  analytics.page()
</script>`
}

/** @param {string} origin @param {string} key */
function curlSnippet(origin, key) {
  const event = { type: 'track', event: 'Hello', anonymousId: 'my-terminal', messageId: 'hello-1' }
  return `curl -u ${key}: -H 'content-type: application/json' \\
  -d '${JSON.stringify({ batch: [event] })}' \\
  ${origin}/v1/batch`
}
