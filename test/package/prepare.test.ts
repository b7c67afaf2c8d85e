import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../rules/source'

/** Bundles `src/cli.js`; reads the pace of the build from it, so that a test can catch one half way. */
const rollupConfig = `
const slow = {
  name: 'slow',
  async writeBundle(_, bundle) {
    if (!bundle['cli.js'].code.includes('slow')) return
    console.log('half way')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  },
}
export default { input: 'src/cli.js', plugins: [slow], output: { file: process.env.DIST_DIR + '/cli.js' } }
`

let project: string

const write = (name: string, text: string) => writeFileSync(join(project, name), text)
const built = () => readFileSync(join(project, 'dist/cli.js'), 'utf8')
/** An npm that only notes that it was called: the real one would change the repository's own packages. */
const npm = `
import { writeFileSync } from 'node:fs'
writeFileSync('called', process.argv.slice(2).join(' '))
process.exit(1)
`
const surroundings = () => ({ cwd: project, env: { ...process.env, npm_execpath: join(project, 'npm.mjs') } })
const prepare = () => spawnSync(process.execPath, ['.ci/prepare.mjs'], { ...surroundings(), encoding: 'utf8' })

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'firsthand-prepare-'))
  for (const file of ['.ci', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(root, file), join(project, file), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
  for (const folder of ['src', 'plugins']) mkdirSync(join(project, folder))
  write('npm.mjs', npm)
  write('rollup.config.mjs', rollupConfig)
  write('src/cli.js', 'console.log(1)\n')
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

describe('preparing a checkout', { timeout: 30_000 }, () => {
  it('builds what is missing and says so in one line, then says nothing', () => {
    expect(prepare().stdout).toMatch(/^building dist \.\.\. \d+\.\d s\n$/)
    expect(built()).toContain('console.log(1)')
    const again = prepare()
    expect([again.stdout, again.stderr, again.status]).toEqual(['', '', 0])
  })

  it('builds again when a source has changed or gone, whatever its time', () => {
    prepare()
    write('src/cli.js', 'console.log(2)\n')
    expect(prepare().stdout).toContain('building dist')
    expect(built()).toContain('console.log(2)')
    write('plugins/one.js', '')
    prepare()
    rmSync(join(project, 'plugins/one.js'))
    expect(prepare().stdout).toContain('building dist')
  })

  it('keeps the whole old build when a new one fails, and reports it', () => {
    prepare()
    write('src/cli.js', 'console.log(\n')
    const failed = prepare()
    expect(failed.status).toBe(1)
    expect(failed.stderr).toContain('build failed')
    expect(built()).toContain('console.log(1)')
    expect(readdirSync(project).filter((name) => name.startsWith('.dist-'))).toEqual([])
    expect(prepare().status).toBe(1)
  })

  it('takes no killed build for a fresh one, and is not locked out by it', async () => {
    prepare()
    write('src/cli.js', 'console.log("slow")\n')
    const child = spawn(process.execPath, ['.ci/prepare.mjs'], { ...surroundings(), detached: true })
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (text) => String(text).includes('half way') && resolve()),
    )
    expect(existsSync(join(project, '.prepare.lock'))).toBe(true)
    expect(built()).toContain('console.log(1)')
    const ended = new Promise((resolve) => child.on('close', resolve))
    // The whole group, as a terminal's Ctrl-C or a machine going down would end it.
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await ended
    write('src/cli.js', 'console.log(3)\n')
    expect(prepare().stdout).toContain('building dist')
    expect(built()).toContain('console.log(3)')
  })

  it('lets two at a time end with one whole build', async () => {
    const start = () =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, ['.ci/prepare.mjs'], surroundings())
        let output = ''
        child.stdout.on('data', (text) => (output += text))
        child.on('close', (code) => resolve(`${code} ${output.includes('building')}`))
      })
    const outcomes = await Promise.all([start(), start()])
    expect(outcomes.sort()).toEqual(['0 false', '0 true'])
    expect(built()).toContain('console.log(1)')
  })

  it('installs when what is installed is not what the lock file says', () => {
    prepare()
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
    lock.packages['node_modules/hono'].version = '0.0.1'
    write('package-lock.json', JSON.stringify(lock))
    const { status, stdout } = prepare()
    expect(readFileSync(join(project, 'called'), 'utf8')).toMatch(/^ci /)
    expect(stdout).toContain('installing packages')
    expect(status).toBe(1)
  })
})
