// What a visitor downloads: `node size.mjs`, and where ours comes from: `node size.mjs --modules`.
import { bundle, gzipBytes, isMain, kB, root, versionOf, weigh } from './lib/bundle.mjs'
import { programs } from './lib/programs.mjs'
import { table } from './lib/table.mjs'

const importsOf = (code) => code.match(/^import .*$/gm).join('\n')

export async function sizes() {
  const rows = []
  for (const { name, what, from, code } of programs) {
    const [used, unused] = await Promise.all([code, importsOf(code)].map((text) => weigh(text, { from })))
    rows.push({ name, what, used, unused })
  }
  return rows
}

export async function sizeTable() {
  const rows = await sizes()
  const ours = rows[0].used.gzip
  return table(
    ['init + page + track + identify', 'minified, kB', 'gzip -9, kB', 'times ours', 'imported, not used, gzip kB'],
    rows.map(({ name, what, used, unused }) => [
      `${name} ${versionOf(name)}${what ? `, ${what}` : ''}`,
      kB(used.bytes),
      kB(used.gzip),
      (used.gzip / ours).toFixed(1),
      kB(unused.bytes > 16 ? unused.gzip : 0),
    ]),
  )
}

/** From the sources, which dist/ no longer tells apart. gzip cannot be split exactly: each module gets its share. */
export async function moduleTable() {
  const code = programs[0].code
    .replace("'firsthand'", "'./src/browser/index'")
    .replace("'firsthand/plugins/collector'", "'./plugins/collector'")
  const { metafile, outputFiles } = await bundle(code, { from: root, metafile: true, absWorkingDir: root })
  const [{ inputs, bytes }] = Object.values(metafile.outputs)
  const gzip = gzipBytes(outputFiles[0].contents)
  const modules = Object.entries(inputs)
    .map(([path, { bytesInOutput }]) => ({
      path: path.replace(/^(\.\.\/)?(node_modules\/)?/, ''),
      bytes: bytesInOutput,
    }))
    .filter((module) => module.bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
  return table(
    ['module', 'minified, bytes', 'its share of gzip, bytes'],
    [...modules, { path: 'all', bytes }].map((module) => [
      module.path,
      module.bytes,
      Math.round((module.bytes * gzip) / bytes),
    ]),
  )
}

if (isMain(import.meta.url)) {
  console.log(await (process.argv.includes('--modules') ? moduleTable() : sizeTable()))
}
