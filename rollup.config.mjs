import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'
import { transform } from 'esbuild'
import dts from 'rollup-plugin-dts'
import { internalNames } from './.ci/internal-names.mjs'

/** Each public subpath and its source; `exports` of package.json names the same files. */
export const libraries = {
  index: 'src/node/index.ts',
  browser: 'src/browser/index.ts',
  node: 'src/node/server.ts',
  consent: 'src/consent/index.ts',
  schemas: 'src/schemas/index.ts',
  'analytics/index': 'src/analytics/index.ts',
  'analytics/browser': 'src/analytics/browser.ts',
  config: 'src/cli/config.ts',
  'plugins/collector': 'plugins/collector.ts',
  'plugins/debug': 'plugins/debug.ts',
  'plugins/gzip': 'plugins/gzip.ts',
  'plugins/http': 'plugins/http.ts',
  'plugins/linker': 'plugins/linker.ts',
  'plugins/segment': 'plugins/segment.ts',
  'plugins/stitch': 'plugins/stitch.ts',
  'plugins/tracardi': 'plugins/tracardi/index.ts',
  'plugins/url-parameters': 'plugins/url-parameters.ts',
  testing: 'src/testing/index.ts',
  'plugins/consent-mode': 'plugins/consent/consent-mode.ts',
  'plugins/gpp': 'plugins/consent/gpp.ts',
  'plugins/tcf': 'plugins/consent/tcf.ts',
  'collector/index': 'src/collector/index.ts',
  'collector/lambda': 'src/collector/lambda/index.ts',
  'collector/node': 'src/collector/node/index.ts',
  'collector/stores/postgres': 'src/collector/stores/postgres.ts',
  'collector/stores/sqlite': 'src/collector/stores/sqlite.ts',
}
const commands = { cli: 'src/cli/index.ts' }
const script = 'src/browser/script.ts'
const stub = 'src/browser/stub.ts'

/** Whatever else is imported from node_modules is bundled, so that the package installs nothing. */
const external = [/^node:/, 'libsql', 'pg', 'analytics', '@analytics/core']

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const tsconfig = '.ci/tsconfig.build.json'
const declarationsDir = '.dist-types'
const dir = process.env.DIST_DIR ?? 'dist'

/** `import text from './file?raw'`: the text of a file. */
function raw() {
  return {
    name: 'raw',
    async resolveId(source, importer) {
      if (!source.endsWith('?raw')) return null
      const file = await this.resolve(source.slice(0, -'?raw'.length), importer, { skipSelf: true })
      return file && { id: `${file.id}?raw` }
    },
    load(id) {
      if (!id.endsWith('?raw')) return null
      const file = id.slice(0, -'?raw'.length)
      this.addWatchFile(file)
      return `export default ${JSON.stringify(readFileSync(file, 'utf8'))}`
    },
  }
}

/** Without `browser`, nanoid brings `node:crypto` along; its browser build needs only WebCrypto, which Node has too. */
const packages = () => resolve({ browser: true, exportConditions: ['browser'] })

/** Types are checked by `npm run typecheck`; the build of a fresh clone does not wait for it. */
const compiled = typescript({ tsconfig, include: ['src/**/*.ts', 'plugins/**/*.ts'], noEmitOnError: true })

/** For a bundle that comes after another one: what that compiled is still there. */
const compiledBefore = { ...compiled, buildStart() {} }

/** Shortens the names of properties that never leave our own code. */
const shortened = {
  name: 'shortened',
  async transform(text, id) {
    if (!/[\\/](src|plugins)[\\/].*\.ts$/.test(id)) return null
    const mangleProps = new RegExp(`^(${Object.keys(internalNames).join('|')})$`)
    const options = { mangleProps, mangleCache: internalNames, target: 'es2022', sourcemap: 'external', sourcefile: id }
    const { code, map } = await transform(text, options)
    return { code, map }
  },
}

/** Lets rollup-plugin-dts bundle declarations instead of making them: it would set up TypeScript once per folder. */
const declare = {
  name: 'declare',
  buildStart() {
    const options = ['--declaration', '--emitDeclarationOnly', '--sourceMap', 'false', '--inlineSources', 'false']
    const folders = ['--rootDir', '.', '--outDir', declarationsDir]
    const args = ['node_modules/typescript/bin/tsc', '-p', tsconfig, ...options, ...folders]
    rmSync(declarationsDir, { recursive: true, force: true })
    const tsc = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (tsc.status !== 0) this.error('tsc made no declarations')
  },
}

/** A warning here is a missing import or export that only a user would meet. */
function onwarn(warning) {
  if (warning.code === 'CIRCULAR_DEPENDENCY' && warning.ids.every((id) => id.includes('node_modules'))) return
  throw new Error(`${warning.code}: ${warning.message}`)
}

const output = (format, extension) => ({
  dir,
  format,
  sourcemap: true,
  exports: 'named',
  hoistTransitiveImports: false,
  entryFileNames: `[name].${extension}`,
  chunkFileNames: `chunks/[name]-[hash].${extension}`,
})

/** The command is an ES module only. */
const withoutCommands = {
  name: 'without-commands',
  generateBundle(_, bundle) {
    for (const name of Object.keys(commands)) for (const end of ['', '.map']) delete bundle[`${name}.cjs${end}`]
  },
}

/**
 * What a bundler leaves undone in what pages load. Functions stay where they are: esbuild gives shorter names to the
 * variables of functions that are not nested.
 */
const simplify = terser({
  ecma: 2022,
  module: true,
  compress: {
    passes: 3,
    unsafe_arrows: true,
    keep_fargs: false,
    inline: 1,
    reduce_funcs: false,
    sequences: false,
    conditionals: false,
  },
  mangle: false,
  format: { beautify: true, comments: 'some', preserve_annotations: true },
})

const simplified = {
  name: 'simplified',
  renderChunk(code, chunk, ...rest) {
    const isForPages = !chunk.moduleIds.some((id) => /[\\/]src[\\/](node|collector|cli|testing)[\\/]/.test(id))
    return isForPages ? simplify.renderChunk.call(this, code, chunk, ...rest) : null
  },
}

const modules = {
  input: { ...libraries, ...commands },
  external,
  plugins: [raw(), packages(), compiled, shortened],
  output: [
    { ...output('es', 'js'), plugins: [simplified] },
    { ...output('cjs', 'cjs'), plugins: [withoutCommands] },
  ],
}

const scriptTag = {
  input: script,
  plugins: [
    packages(),
    compiledBefore,
    shortened,
    terser({
      ecma: 2022,
      compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true, keep_fargs: false },
      format: { comments: /^! firsthand/ },
    }),
  ],
  output: {
    file: `${dir}/firsthand.min.js`,
    format: 'iife',
    sourcemap: true,
    banner: `/*! firsthand ${version} | MIT | contains js-cookie and nanoid, both MIT: see THIRD-PARTY */`,
  },
}

/** What a page carries in itself until the script has loaded; README.md shows it. */
const stubTag = {
  input: stub,
  plugins: [compiledBefore, terser({ ecma: 2022, compress: { passes: 3, unsafe_arrows: true } })],
  // Hidden: a comment with the map's address would be part of every page.
  output: { file: `${dir}/stub.min.js`, format: 'iife', strict: false, sourcemap: 'hidden' },
}

const declarations = {
  input: Object.fromEntries(
    Object.entries(libraries).map(([name, file]) => [name, `${declarationsDir}/${file.replace(/\.ts$/, '.d.ts')}`]),
  ),
  external,
  plugins: [declare, dts()],
  output: ['d.ts', 'd.cts'].map((extension) => ({ ...output('es', extension), sourcemap: false })),
}

const parts = { code: [modules, scriptTag, stubTag], types: [declarations] }

/** `rollup -c` builds everything, `rollup -c --configPart types` one part. */
export default ({ configPart }) =>
  (parts[configPart] ?? Object.values(parts).flat()).map((bundle) => ({ ...bundle, onwarn }))
