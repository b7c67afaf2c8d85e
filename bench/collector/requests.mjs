// What pages send: the text of the SDK's transport, made once and patched in place, so that the client costs next to nothing.
import { randomFillSync } from 'node:crypto'

const idLength = 22
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

/** Stands in the template where an id of its kind comes; a letter each. */
const place = (kind) => kind.repeat(idLength)
const [message, instance, visitor, session] = ['M', 'I', 'V', 'S'].map(place)

function event(index, isUser) {
  const isPage = index % 5 === 0
  const own = isPage
    ? { type: 'page', name: 'Pricing', properties: { title: 'Plans and prices', path: '/pricing', category: 'site' } }
    : {
        type: 'track',
        event: ['Button Clicked', 'Product Viewed', 'Form Started', 'Video Played'][index % 4],
        properties: { index, category: 'shop', label: 'blue shirt', value: 19.9, plan: 'team', list: ['a', 'b', 'c'] },
      }
  const userId = isUser ? `user-${visitor}` : null
  return {
    ...{ version: 1, ...own, messageId: message, timestamp: new Date().toISOString(), anonymousId: visitor, userId },
    context: { sequence: { instance, number: index + 1 } },
  }
}

function bodyOf(events, isUser) {
  const url = 'https://www.example.com/pricing?utm_source=letter&utm_medium=mail'
  const context = {
    library: { name: 'firsthand', version: '0.1.0' },
    page: { path: '/pricing', referrer: 'https://www.example.com/', search: '', title: 'Plans and prices', url },
    campaign: { source: 'letter', medium: 'mail' },
    ...{ locale: 'en-GB', timezone: 'Europe/London', screen: { width: 1920, height: 1080, density: 1 } },
    session: { id: session, number: 2, start: '2026-11-27T10:00:00.000Z' },
  }
  const batch = Array.from({ length: events }, (_, index) => event(index, isUser))
  return JSON.stringify({ projectKey: 'bench-key', sentAt: new Date().toISOString(), context, batch })
}

function template(port, events, isUser) {
  const body = bodyOf(events, isUser)
  const cookies = `__anon_id=${visitor}; __fh_session=1.${session}.2.mh1qk1c0.mh1qkp2s`
  const head = [
    'POST /v1/batch HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: keep-alive',
    'Content-Type: text/plain;charset=UTF-8',
    `User-Agent: ${userAgent}`,
    'Accept: */*',
    'Accept-Language: en-GB,en;q=0.9',
    'Origin: http://127.0.0.1:8000',
    'Referer: http://127.0.0.1:8000/pricing',
    `Cookie: ${cookies}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  const text = `${head.join('\r\n')}\r\n\r\n${body}`
  const offsets = (kind) => Array.from(text.matchAll(new RegExp(kind, 'g')), ({ index }) => index)
  return {
    bytes: Buffer.from(text),
    messages: offsets(message),
    instances: offsets(instance),
    visitors: offsets(visitor),
    sessions: offsets(session),
  }
}

const random = Buffer.alloc(65_536)
let used = random.length

function newId() {
  if (used + idLength > random.length) {
    randomFillSync(random)
    used = 0
  }
  const id = Buffer.alloc(idLength)
  for (let index = 0; index < idLength; index++) id[index] = alphabet[random[used++] & 63]
  return id
}

const visitorCount = 20_000
const knownId = (prefix, number) => Buffer.from(`${prefix}${String(number).padStart(idLength - 1, '0')}`)

/** A function that gives the bytes of the next request; every fifth visitor has logged in. */
export function createRequests(port, events) {
  const templates = [template(port, events, true), ...Array.from({ length: 4 }, () => template(port, events, false))]
  return {
    bodyBytes: Buffer.byteLength(bodyOf(events, false)),
    next() {
      const number = Math.floor(Math.random() * visitorCount)
      const { bytes, messages, instances, visitors, sessions } = templates[number % templates.length]
      const request = Buffer.from(bytes)
      const put = (offsets, id) => offsets.forEach((at) => request.set(id, at))
      for (const at of messages) request.set(newId(), at)
      put(instances, newId())
      put(visitors, knownId('v', number))
      put(sessions, knownId('s', number))
      return request
    },
  }
}
