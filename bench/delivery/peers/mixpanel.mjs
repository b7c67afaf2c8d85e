import { bench } from '../../lib/bundle.mjs'
import { list, marked, readJson } from '../wire.mjs'

export const peer = {
  package: 'mixpanel-browser',
  from: bench,
  code: `
import mixpanel from 'mixpanel-browser'
mixpanel.init('key', { api_host: receiver })
mixpanel.track_pageview()
globalThis.track = (marker) => mixpanel.track('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode: ({ path, body }) =>
    /^\/track\/?$/.test(path)
      ? marked(list(readJson(body)), {
          marker: (event) => event?.properties?.marker,
          id: (event) => event.properties.$insert_id,
        })
      : [],
  answer: { status: 1, error: null },
}
