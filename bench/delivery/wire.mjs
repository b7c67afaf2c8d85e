// How the clients write events on the wire.
import { gunzipSync } from 'node:zlib'

const GZIP = 0x1f

/** JSON as text, as gzip, or in a form field `data` (there also in base64). Undefined where it is none of these. */
export function readJson(body) {
  const text = (body[0] === GZIP ? gunzipSync(body) : body).toString('utf8')
  const form = text.startsWith('data=') ? new URLSearchParams(text).get('data') : undefined
  for (const candidate of [form ?? text, Buffer.from(form ?? '', 'base64').toString('utf8')]) {
    try {
      return JSON.parse(candidate)
    } catch {
      // The next way of writing it.
    }
  }
  return
}

export const list = (value) => (Array.isArray(value) ? value : [value])

/** The events that a call of the scenario made, by the marker in their properties; `id` is what a receiver removes repeats by. */
export const marked = (events, { marker, id }) =>
  events.map((event) => ({ marker: marker(event), id: id(event) })).filter((event) => event.marker !== undefined)
