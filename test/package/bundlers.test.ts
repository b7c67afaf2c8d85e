import nodeResolve from '@rollup/plugin-node-resolve'
import { build as esbuild } from 'esbuild'
import { Window } from 'happy-dom'
import { rollup } from 'rollup'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build as vite } from 'vite'
import { type Installation, installPackage } from './installed'

let consumer: Installation

const program = `import Analytics from 'firsthand'
globalThis.analytics = Analytics({ app: 'site' })`

const entry = () => `${consumer.folder}/main.js`

interface Bundle {
  code: string
  modules: string[]
}

async function withEsbuild(): Promise<Bundle> {
  const result = await esbuild({
    entryPoints: [entry()],
    bundle: true,
    write: false,
    format: 'iife',
    metafile: true,
    absWorkingDir: consumer.folder,
  })
  return { code: result.outputFiles[0]?.text ?? '', modules: Object.keys(result.metafile.inputs) }
}

async function withRollup(): Promise<Bundle> {
  const bundle = await rollup({ input: entry(), plugins: [nodeResolve({ browser: true })] })
  const { output } = await bundle.generate({ format: 'iife' })
  await bundle.close()
  return { code: output[0].code, modules: Object.keys(output[0].modules) }
}

async function withVite(): Promise<Bundle> {
  const result = await vite({
    root: consumer.folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      rollupOptions: { input: entry(), output: { format: 'iife' } },
    },
  })
  const [output] = [result].flat()
  if (!output || !('output' in output)) throw new Error('vite gave no output')
  return { code: output.output[0].code, modules: Object.keys(output.output[0].modules) }
}

beforeAll(() => {
  consumer = installPackage()
  consumer.write({ 'main.js': program })
}, 60_000)
afterAll(() => consumer.remove())

describe.each([
  ['esbuild', withEsbuild],
  ['rollup', withRollup],
  ['vite', withVite],
])('a two-line program bundled by %s', (_, bundle) => {
  let result: Bundle
  beforeAll(async () => {
    result = await bundle()
  })

  it('contains the browser build and nothing of Node', () => {
    const entries = result.modules.map((path) => /firsthand\/dist\/([^/]+\.c?js)$/.exec(path)?.[1]).filter(Boolean)
    expect(entries).toEqual(['browser.js'])
    expect(result.code).not.toMatch(/node:|require\(/)
  })

  it('runs in a page and keeps the visitor in a cookie', async () => {
    const page = new Window({
      url: 'https://www.example.com/',
      settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
    })
    page.eval(result.code)
    const { analytics } = page as unknown as {
      analytics: { track(name: string): Promise<{ payload: { anonymousId: string } }> }
    }
    const { payload } = await analytics.track('buttonClicked')
    expect(payload.anonymousId).toMatch(/./)
    expect(decodeURIComponent(page.document.cookie)).toContain(`__anon_id=${payload.anonymousId}`)
    await page.happyDOM.close()
  })
})
