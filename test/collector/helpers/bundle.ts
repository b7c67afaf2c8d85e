import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** `import text from './file?raw'`, as the product's build does it. */
const raw: Plugin = {
  name: 'raw',
  setup(plugin) {
    plugin.onResolve({ filter: /\?raw$/ }, ({ path, importer }) => ({
      path: resolve(dirname(importer), path.slice(0, -'?raw'.length)),
      namespace: 'raw',
    }))
    plugin.onLoad({ filter: /.*/, namespace: 'raw' }, async ({ path }) => ({
      contents: await readFile(path, 'utf8'),
      loader: 'text',
    }))
  },
}

/** Bundles a TypeScript file for a Node process of its own; `outfile` must lie below the repository to find packages. */
export async function bundleForNode(entry: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['libsql', 'pg'],
    plugins: [raw],
    logLevel: 'silent',
  })
  return outfile
}
