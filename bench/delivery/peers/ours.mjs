import { mkdirSync } from 'node:fs'
import { root } from '../../lib/bundle.mjs'
import { marked, readJson } from '../wire.mjs'

export const peer = {
  package: 'firsthand',
  from: root,
  code: `
import { init } from 'firsthand'
import { collector } from 'firsthand/plugins/collector'
const analytics = init({ app: 'site', plugins: [collector({ endpoint: receiver, projectKey: 'key' })] })
analytics.page()
globalThis.track = (marker) => analytics.track('buttonClicked', { marker, label: 'Sign up', price: 9.5 })
`,
  decode: ({ path, body }) =>
    path === '/v1/batch'
      ? marked(readJson(body).batch, { marker: (event) => event.properties?.marker, id: (event) => event.messageId })
      : [],
  answer: { success: true, accepted: 1, duplicates: 0, rejected: [] },
  async node({ url, dir }) {
    mkdirSync(dir, { recursive: true })
    const { Analytics } = await import('../../../dist/node.js')
    const { collector } = await import('../../../dist/plugins/collector.js')
    const analytics = Analytics({ plugins: [collector({ endpoint: url, projectKey: 'key' })], queue: { dir } })
    return (marker) => void analytics.track({ userId: 'user-1', event: 'Order Completed', properties: { marker } })
  },
}
