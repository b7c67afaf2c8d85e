import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { read, root } from '../rules/source'
import { type Installation, installPackage } from './installed'

const pages = ['README.md', ...['payload', 'consent', 'cookies', 'node', 'transport'].map((name) => `docs/${name}.md`)]

/** What a sample takes for granted: it goes on from the one before, or from the page. */
const given = {
  Analytics: "import Analytics from 'firsthand'",
  analytics: "declare const analytics: import('firsthand').AnalyticsInstance",
  collector: "import { collector } from 'firsthand/plugins/collector'",
  audit: "declare const audit: (options: { url: string; token: string }) => import('firsthand').Transport",
  request: "declare const request: import('node:http').IncomingMessage",
  app: `declare const app: { post(path: string, handler: (
    req: import('node:http').IncomingMessage & { session?: { userId: string } },
    res: import('node:http').ServerResponse,
  ) => Promise<void>): void }`,
  readCalls: 'declare const readCalls: () => AsyncIterable<import("firsthand/node").ImportItem>',
}
const givenOnServers = { ...given, analytics: "declare const analytics: import('firsthand/node').ServerAnalytics" }

interface Sample {
  file: string
  language: string
  code: string
}

function samplesOf(page: string): Sample[] {
  return [...read(page).matchAll(/^( *)```(js|ts)\n([\s\S]*?)^ *```/gm)].map(
    ([, indent, language = '', text], index) => {
      const code = (text as string).replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      const missing = Object.entries(page === 'docs/node.md' ? givenOnServers : given).filter(
        ([name]) =>
          new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`(import|const) [^=\\n]*\\b${name}\\b`).test(code),
      )
      const lines = [...missing.map(([, line]) => line), code, 'export {}']
      return { file: `${page.replace(/\W/g, '-')}-${index + 1}.mts`, language, code: lines.join('\n') }
    },
  )
}

describe('the samples of the documents', { timeout: 60_000 }, () => {
  const samples = pages.flatMap(samplesOf)
  let consumer: Installation

  beforeAll(() => {
    consumer = installPackage()
    for (const name of ['@types/node', 'undici-types', 'valibot']) consumer.lend(name)
  }, 60_000)
  afterAll(() => consumer.remove())

  function compile(files: readonly Sample[], noImplicitAny = true): string {
    const compilerOptions = {
      strict: true,
      noImplicitAny,
      noEmit: true,
      skipLibCheck: true,
      target: 'ES2022',
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      lib: ['ES2023'],
      types: ['node'],
    }
    consumer.write(Object.fromEntries(files.map(({ file, code }) => [file, code])))
    consumer.write({ 'tsconfig.json': JSON.stringify({ compilerOptions, files: files.map(({ file }) => file) }) })
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    return spawnSync(process.execPath, [tsc, '-p', consumer.folder], { encoding: 'utf8' }).stdout
  }

  it('compile against the package as it is installed', () => {
    const inLanguage = (language: string) => samples.filter((sample) => sample.language === language)
    expect(inLanguage('ts').length).toBeGreaterThan(2)
    expect(inLanguage('js').length).toBeGreaterThan(15)
    for (const page of pages) expect(samples.some(({ file }) => file.startsWith(page.replace(/\W/g, '-')))).toBe(true)
    expect(compile(inLanguage('ts'))).toBe('')
    expect(compile(inLanguage('js'), false)).toBe('')
  })

  it('would not compile with a wrong name of an option or a method', () => {
    const [first] = samples as [Sample]
    const wrong = { ...first, code: first.code.replace('analytics.page()', 'analytics.pge()') }
    expect(compile([wrong])).toContain("Property 'pge' does not exist")
  })
})
