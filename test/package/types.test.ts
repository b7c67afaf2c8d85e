import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../rules/source'
import { type Installation, installPackage } from './installed'

const page = `
import Analytics, { init, type StandardSchema, type Transport } from 'firsthand'
import { consent } from 'firsthand/consent'
import { schemas } from 'firsthand/schemas'
import { collector } from 'firsthand/plugins/collector'
const transport: Transport = collector({ endpoint: '/', projectKey: 'key' })
export const analytics = Analytics({ app: 'site', plugins: [transport] })
export const same: typeof analytics = init({ app: 'site' })
export const id: Promise<string | null> = analytics.track('buttonClicked').then(({ payload }) => payload.anonymousId)
// @ts-expect-error a name is a text
analytics.track(1)
Analytics({ plugins: [{ name: 'own', trackStart: ({ payload, abort }) => (payload.event.trim() ? payload : abort('blank')) }] })
analytics.on('identify', ({ payload }) => payload.traits.plan)
analytics.group('studio-7').then(() => analytics.alias('userid-456')).then(() => analytics.screen('Cart'))
Analytics({ consent: consent({ required: true, purposes: ['analytics'], onPending: 'drop' }) }).consent.grant('analytics')
// @ts-expect-error options of consent go to consent()
Analytics({ consent: { required: true } })
// @ts-expect-error consent is called
Analytics({ consent })
declare const schema: StandardSchema<{ total: number }>
const checked = Analytics({ schemas: schemas({ 'Order Completed': schema }, { onInvalid: 'throw' }) })
checked.track('Order Completed', { total: 49 })
// @ts-expect-error a total is a number
checked.track('Order Completed', { total: '49' })
`

const server = `
import { Analytics } from 'firsthand/node'
import { createCollector } from 'firsthand/collector'
import { serve } from 'firsthand/collector/node'
import { postgresStore } from 'firsthand/collector/stores/postgres'
import { sqliteStore } from 'firsthand/collector/stores/sqlite'
import { collector as toCollector } from 'firsthand/plugins/collector'
export const analytics = Analytics({ plugins: [toCollector({ endpoint: 'http://localhost', projectKey: 'key' })] })
export const accepted = analytics.track({ userId: 'userid-123', event: 'Order Completed' })
// @ts-expect-error a server's call names its user
analytics.track({ event: 'Order Completed' })
export const shared = postgresStore({ connectionString: 'postgres://localhost/events', schema: 'events' })
export async function start(): Promise<string> {
  const store = await sqliteStore({ path: 'events.db' })
  const collector = createCollector({ projects: [{ id: 'site', key: 'key', origins: [] }], store })
  const { url } = await serve(collector, { port: 0 })
  return url
}
`

let consumer: Installation

function compile(compilerOptions: Record<string, unknown>, files: Record<string, string>): string {
  const strict = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'ES2022',
    verbatimModuleSyntax: false,
    isolatedModules: true,
  }
  consumer.write(files)
  consumer.write({
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files: Object.keys(files) }),
  })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return spawnSync(process.execPath, [tsc, '-p', consumer.folder], { encoding: 'utf8' }).stdout
}

beforeAll(() => {
  consumer = installPackage()
  consumer.lend('@types/node')
  consumer.lend('undici-types')
}, 60_000)
afterAll(() => consumer.remove())

describe('a consumer that checks our types too (skipLibCheck: false)', { timeout: 60_000 }, () => {
  const node = { module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['ES2023'], types: ['node'] }
  const bundler = { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] }

  it('compiles as an ES module under nodenext', () => {
    expect(compile(node, { 'page.mts': page, 'server.mts': server })).toBe('')
  })

  it('compiles as CommonJS under nodenext', () => {
    expect(compile(node, { 'page.cts': page, 'server.cts': server })).toBe('')
  })

  it('compiles for a page under bundler resolution, without the types of Node', () => {
    expect(compile(bundler, { 'page.ts': page })).toBe('')
  })

  it('compiles for a page with the browser condition', () => {
    expect(compile({ ...bundler, customConditions: ['browser'] }, { 'page.ts': page })).toBe('')
  })
})
