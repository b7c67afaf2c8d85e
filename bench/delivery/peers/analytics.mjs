import { bench } from '../../lib/bundle.mjs'
import { marked, readJson } from '../wire.mjs'

export const peer = {
  package: 'analytics',
  what: 'fetch plugin of 6 lines',
  from: bench,
  code: `
import Analytics from 'analytics'
const post = ({ payload }) => fetch(receiver + '/collect', { method: 'POST', body: JSON.stringify(payload) })
const plugin = {
  name: 'fetch',
  page: post,
  track: post,
}
const analytics = Analytics({ app: 'site', plugins: [plugin] })
analytics.page()
globalThis.track = (marker) => analytics.track('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode: ({ path, body }) =>
    path === '/collect'
      ? marked([readJson(body)], { marker: (event) => event.properties?.marker, id: (event) => event.meta?.rid })
      : [],
  async node({ url }) {
    const { Analytics } = await import('analytics')
    const post = ({ payload }) => fetch(`${url}/collect`, { method: 'POST', body: JSON.stringify(payload) })
    const analytics = Analytics({ app: 'site', plugins: [{ name: 'fetch', track: post }] })
    return (marker) => analytics.track('Order Completed', { marker }).catch(() => {})
  },
}
