import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import type { Transport } from '../../src/core/transport'
import { testTransport, type TransportSubject } from '../../src/testing'
import { read, root } from '../rules/source'

const readme = read('plugins/README.md')

const codeOf = (name: string): string => readme.split(`<!-- ${name} -->\n\`\`\`ts\n`)[1]?.split('\n```')[0] ?? ''

/** Runs code of the page as it stands, with other modules in place of the package's. */
async function load(code: string, replace: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(root, 'node_modules', '.readme-'))
  try {
    let source = transformSync(code, { loader: 'ts', format: 'esm' }).code
    for (const [specifier, by] of Object.entries(replace)) source = source.replace(`"${specifier}"`, JSON.stringify(by))
    writeFileSync(join(folder, 'module.mjs'), source)
    return await import(pathToFileURL(join(folder, 'module.mjs')).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const template = codeOf('template')
const { audit } = (await load(template)) as { audit(options: { url: string; key: string }): Transport }

describe('the author’s guide', () => {
  it('shows a transport of about twenty lines', () => {
    const body = template.slice(template.indexOf('return {'))
    expect(body.split('\n').length).toBeLessThanOrEqual(22)
  })

  it('lists every transport of this folder', () => {
    for (const name of ['collector', 'segment', 'tracardi', 'http', 'stitch', 'debug', 'gzip'])
      expect(readme).toContain(`firsthand/plugins/${name}`)
  })

  it('checks options as it asks others to do', () => {
    expect(() => audit({ url: '', key: '' })).toThrow('[audit] url')
  })
})

/** What the test of the page hands to the suite. */
const subject = await (async () => {
  const calls: [string, TransportSubject, object][] = []
  Object.assign(globalThis, { readmeAudit: audit, readmeSuite: (...call: (typeof calls)[number]) => calls.push(call) })
  const suite = `data:text/javascript,${encodeURIComponent('export const testTransport = globalThis.readmeSuite')}`
  const own = `data:text/javascript,${encodeURIComponent('export const audit = globalThis.readmeAudit')}`
  const runner = `data:text/javascript,${encodeURIComponent('export const describe = 1, it = 1')}`
  await load(codeOf('template-test'), { vitest: runner, 'firsthand/testing': suite, './audit': own })
  return calls[0]?.[1] as TransportSubject
})()

testTransport('the template', subject, { describe, it })

const documented = read('docs/transport.md').split('```ts\n')[1]?.split('\n```')[0] ?? ''
const { audit: documentedAudit } = (await load(documented)) as { audit(options: object): Transport }

testTransport(
  'the example of docs/transport.md',
  {
    create: () => documentedAudit({ url: 'https://example.com/audit', token: 'token' }),
    event: (event) => ({ ...event, type: 'track' }),
    success: () => ({ status: 200 }),
    lie: null,
  },
  { describe, it },
)
