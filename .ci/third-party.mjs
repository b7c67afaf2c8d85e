// Writes THIRD-PARTY: the licence of every package that is really bundled into dist/, as its source maps tell.
// With --check it only compares. Needs a build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'THIRD-PARTY')

function bundledPackages() {
  const names = new Set()
  for (const file of readdirSync(join(root, 'dist'), { recursive: true })) {
    if (!file.endsWith('.map')) continue
    for (const source of JSON.parse(readFileSync(join(root, 'dist', file), 'utf8')).sources) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]
      if (name) names.add(name)
    }
  }
  return [...names].sort()
}

function notice(name) {
  const dir = join(root, 'node_modules', name)
  const { version, license, homepage } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  const file = readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file) throw new Error(`${name} has no licence file`)
  const text = readFileSync(join(dir, file), 'utf8').trim()
  return [`${name} ${version} (${license})`, homepage, '', text].filter((line) => line !== undefined).join('\n')
}

const rule = `\n\n${'-'.repeat(80)}\n\n`
const intro = `firsthand contains code of these packages, in dist/. Their licences:`
const text = `${[intro, ...bundledPackages().map(notice)].join(rule)}\n`

if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  console.error('THIRD-PARTY is not what dist/ contains: run `node .ci/third-party.mjs`')
  process.exitCode = 1
}
