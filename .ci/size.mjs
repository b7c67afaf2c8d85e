// What a visitor downloads, in kB of 1000 bytes after gzip -9, against its budget. Needs a build.
// Each limit is what is reached, so that nothing grows unseen; only a feature that is on by default may raise one, and
// everything else is an import of its own.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

const program = `
  import { init } from 'firsthand'
  import { collector } from 'firsthand/plugins/collector'
  const analytics = init({ app: 'site', plugins: [collector({ endpoint: '/', projectKey: 'key' })] })
  analytics.page()
  analytics.track('buttonClicked')
  analytics.identify('userid-123')
`

async function bundled() {
  const result = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
  })
  return result.outputFiles[0].contents
}

const aim = 7.5

const rows = [
  {
    what: 'dist/firsthand.min.js, all that the script tag loads',
    limit: 19.41,
    code: readFileSync(`${root}/dist/firsthand.min.js`),
  },
  {
    what: 'init, page, track, identify and the collector transport, bundled by esbuild',
    limit: 17.12,
    code: await bundled(),
  },
]

for (const { what, limit, code } of rows) {
  const size = gzipSync(code, { level: 9 }).length / 1000
  const isOver = size > limit
  console.log(`${size.toFixed(2)} kB of ${limit} kB (aim ${aim} kB)  ${what}${isOver ? '  OVER BUDGET' : ''}`)
  if (isOver) process.exitCode = 1
}
