// Builds dist/ in a folder of its own and swaps it in when it is whole: an aborted build leaves the old one alone.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const inputs = [
  'src',
  'plugins',
  'rollup.config.mjs',
  '.ci/internal-names.mjs',
  'tsconfig.json',
  '.ci/tsconfig.build.json',
  'package.json',
  'package-lock.json',
]
const stamp = join(root, 'dist/.inputs')

function filesIn(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const names = readdirSync(join(root, path), { recursive: true }).map((name) => join(path, name))
  return names.filter((name) => statSync(join(root, name)).isFile()).sort()
}

/** Contents decide, not times: a checkout or a copy changes those. */
function hashOfInputs() {
  const hash = createHash('sha256')
  for (const file of inputs.flatMap(filesIn))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

export const isBuilt = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfInputs()

/** Code and types at once, one process each; resolves to the exit code or signal. */
function rollup(part, folder) {
  return new Promise((resolve) => {
    const args = ['node_modules/rollup/dist/bin/rollup', '-c', '--silent', '--configPart', part]
    const env = { ...process.env, DIST_DIR: folder }
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env })
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
}

/** What this build or an aborted one left behind. */
function clean() {
  for (const name of readdirSync(root)) {
    if (name.startsWith('.dist-')) rmSync(join(root, name), { recursive: true, force: true })
  }
}

/** Call it under the lock. */
export async function build() {
  clean()
  const hash = hashOfInputs()
  const fresh = `.dist-${process.pid}`
  const outcomes = await Promise.all(['code', 'types'].map((part) => rollup(part, fresh)))
  const failure = outcomes.find((outcome) => outcome !== 0)
  if (failure !== undefined) {
    clean()
    throw new Error(`build failed (rollup: ${failure})`)
  }
  chmodSync(join(root, fresh, 'cli.js'), 0o755)
  writeFileSync(join(root, fresh, '.inputs'), hash)
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  renameSync(join(root, fresh), join(root, 'dist'))
  clean()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await withLock(build).catch((error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}
