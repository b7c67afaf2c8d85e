// What the engine of `analytics` weighs before anything is delivered, and with our delivery around it.
// esbuild IIFE, ES2022, minified, gzip -9, kB of 1000 bytes; every program starts, and calls page, track and identify.
import { fileURLToPath } from 'node:url'
import { kB, weigh } from '../../../bench/lib/bundle.mjs'
import { claim } from './claim.mjs'

const from = fileURLToPath(new URL('.', import.meta.url))
const calls = "client.page(); client.track('buttonClicked'); client.identify('userid-123')"
const transport = "collector({ endpoint: '/', projectKey: 'key' })"

const programs = {
  engine: `import { Analytics } from 'analytics'
    const client = Analytics({ app: 'site', plugins: [] }); ${calls}`,
  wrapped: `import { collector, init } from './wrapped-client.mjs'
    const client = init({ app: 'site', transports: [${transport}] }); ${calls}`,
  ours: `import { init } from '../../../src/browser/index'
    import { collector } from '../../../plugins/collector'
    const client = init({ app: 'site', plugins: [${transport}] }); ${calls}`,
}

const sizes = {}
for (const [name, code] of Object.entries(programs)) sizes[name] = (await weigh(code, { from })).gzip
const { engine, wrapped, ours } = sizes

claim(engine > 11_000, `analytics weighs ${kB(engine)} kB before any delivery exists`)
claim(
  wrapped > ours,
  `with our delivery, storage and collector transport as its plugin ${kB(wrapped)} kB, our own core with the same ${kB(ours)} kB`,
)
