// One way to bundle and weigh for every product: esbuild, IIFE, ES2022, minified; gzip -9; kB of 1000 bytes.
import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const bench = fileURLToPath(new URL('..', import.meta.url))

/** `from` is the folder whose packages the code imports. Resolves to esbuild's result; the text is `outputFiles[0]`. */
export const bundle = (code, { from, ...options }) =>
  build({
    stdin: { contents: code, resolveDir: from, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    legalComments: 'none',
    ...options,
  })

export const gzipBytes = (content) => gzipSync(content, { level: 9 }).length

export const kB = (bytes) => (bytes / 1000).toFixed(2)

/** Minified and compressed size of a program. */
export async function weigh(code, options) {
  const { outputFiles } = await bundle(code, options)
  return { bytes: outputFiles[0].contents.length, gzip: gzipBytes(outputFiles[0].contents) }
}

/** The installed version of a package, or that of the product itself. */
export function versionOf(name) {
  const file = name === 'firsthand' ? `${root}/package.json` : `${bench}/node_modules/${name}/package.json`
  return JSON.parse(readFileSync(file, 'utf8')).version
}

/** Was this file started by `node`, or is it imported? */
export const isMain = (url) => process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href
