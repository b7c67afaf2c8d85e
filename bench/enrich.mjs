// What enriching costs the collector's event loop: microseconds for each request, by what is new in it.
import { performance } from 'node:perf_hooks'
import { build } from 'esbuild'
import { root } from './lib/bundle.mjs'
import { median, table } from './lib/table.mjs'

const code = `
  export { createEnricher } from './src/collector/enrich/enricher.ts'
  export { resolveIp } from './src/collector/enrich/options.ts'
  export { createVisitors } from './src/collector/visitor/visitors.ts'`
const { outputFiles } = await build({
  stdin: { contents: code, resolveDir: root, loader: 'ts' },
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'es2022' },
})
const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
const { createEnricher, createVisitors, resolveIp } = await import(url)

const userAgent = (number) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${number}.0.0.0 Safari/537.36`
const session = '1.Jc6tYq1uB0nXe8sLw3zKp.2.mh1qk1c0.mh1qkp2s'
const headersOf = (number, cookie = '') =>
  new Headers({
    'user-agent': userAgent(number),
    origin: 'https://www.example.com',
    'x-forwarded-for': '2001:db8::1',
    cookie,
  })
const event = {
  ...{ project: 'p', anonymousId: 'a', userId: null, timestamp: '', receivedAt: '', sentAt: null },
  context: { session: { id: 'Jc6tYq1uB0nXe8sLw3zKp' } },
}

const requests = 5_000
const enrich = (agents) => () => {
  const enricher = createEnricher({ ip: resolveIp({ trustedHops: 1 }) })
  const sent = Array.from({ length: requests }, (_, index) => headersOf(index % agents))
  const start = performance.now()
  for (const headers of sent) enricher.of({ headers, keyKind: 'public' })(event)
  return start
}
const cookies = (visitors) => async () => {
  const keeper = createVisitors({})
  const sent = Array.from({ length: requests }, (_, index) =>
    headersOf(1, `__anon_id=a; __fh_session=${session.replace('mh1qk1c0', (index % visitors).toString(36) + 'a')}`),
  )
  const start = performance.now()
  for (const headers of sent) {
    const request = {
      headers,
      method: 'POST',
      collectorHost: 'www.example.com',
      keyKind: 'public',
      receivedAt: Date.now(),
    }
    const visit = keeper.meet(request)
    await visit.aliases([event])
    visit.answer()
  }
  return start
}

const rows = []
for (const [name, run] of [
  ['address, place and user agent, which was seen before', enrich(100)],
  ['the same, with a user agent that is new', enrich(requests)],
  ['cookies of the visitor', cookies(requests)],
]) {
  const times = []
  for (let round = 0; round < 7; round++) {
    const start = await run()
    times.push(((performance.now() - start) / requests) * 1_000)
  }
  rows.push([name, median(times).toFixed(1)])
}
console.log(table(['one request', 'µs'], rows))
