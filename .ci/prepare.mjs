// Makes a checkout ready to run, with Node and npm alone: installs what is missing, builds what is stale.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, isBuilt } from './build.mjs'
import { withLock } from './lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const packagesIn = (lockFile) => JSON.parse(readFileSync(new URL(lockFile, `file://${root}`), 'utf8')).packages

/** Compares what npm says it has installed with the lock file; optional packages may be for another platform. */
function isInstalled() {
  if (!existsSync(new URL('node_modules/.package-lock.json', `file://${root}`))) return false
  const installed = packagesIn('node_modules/.package-lock.json')
  return Object.entries(packagesIn('package-lock.json')).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  )
}

function install() {
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, all] = npm ? [process.execPath, [npm, ...args]] : ['npm', args]
  const result = spawnSync(command, all, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: !npm && process.platform === 'win32',
  })
  if (result.status !== 0) throw new Error(`npm ci failed (${result.error?.message ?? result.signal ?? result.status})`)
}

async function step(label, work) {
  const start = Date.now()
  process.stdout.write(`${label} ... `)
  await work()
  console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`)
}

async function prepare() {
  if (isInstalled() && isBuilt()) return
  await withLock(async () => {
    if (!isInstalled()) await step('installing packages', install)
    if (!isBuilt()) await step('building dist', build)
  })
}

await prepare().catch((error) => {
  console.error(`\n${error.message}`)
  process.exitCode = 1
})
