import { bench } from '../../lib/bundle.mjs'
import { list, marked, readJson } from '../wire.mjs'

export const peer = {
  package: 'posthog-js',
  from: bench,
  // Its first page view is its own.
  code: `
import posthog from 'posthog-js'
posthog.init('key', { api_host: receiver })
globalThis.track = (marker) => posthog.capture('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode({ path, body }) {
    if (!/^\/(e|capture|batch|i\/v0\/e)\/?$/.test(path)) return []
    const json = readJson(body)
    return marked(json?.batch ?? list(json), {
      marker: (event) => event?.properties?.marker,
      id: (event) => event.uuid,
    })
  },
  // What its own receiver says of compression, and that nothing else is switched on.
  answer: { status: 1, supportedCompression: ['gzip', 'gzip-js'], featureFlags: {}, sessionRecording: false },
}
