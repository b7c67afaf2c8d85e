// One plugin throws: does the call end, does the next plugin get it, does the process live?
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { claim } from './claim.mjs'

const program = (name) => `
  import { Analytics } from '${name}'
  const bad = { name: 'bad', track() { throw new Error('vendor script failed') } }
  const good = { name: 'good', track() { console.log('delivered') } }
  const client = Analytics({ app: 'throwing', plugins: [bad, good] })
  const end = () => { console.log('alive'); process.exit() }
  setTimeout(end, 1000)
  client.track('buttonClicked').then(() => console.log('settled'))
`

/** `tolerant`: as on a server that logs unhandled rejections and goes on. */
function run(name, tolerant) {
  const rejections = tolerant ? ['--unhandled-rejections=warn'] : []
  const { status, stdout } = spawnSync(
    process.execPath,
    [...rejections, '--input-type=module', '--eval', program(name)],
    { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' },
  )
  return {
    status,
    ...Object.fromEntries(['settled', 'delivered', 'alive'].map((word) => [word, stdout.includes(word)])),
  }
}

const strict = run('analytics', false)
const tolerant = run('analytics', true)
claim(strict.status === 1 && !strict.alive, `analytics: the Node process ends with code ${strict.status}`)
claim(
  tolerant.alive && !tolerant.settled && !tolerant.delivered,
  `analytics, where unhandled rejections are tolerated: promise settled ${tolerant.settled}, next plugin called ${tolerant.delivered}`,
)
const ours = run('firsthand', false)
claim(
  ours.alive && ours.settled && ours.delivered,
  `firsthand: process lives ${ours.alive}, promise settled ${ours.settled}, next plugin called ${ours.delivered}`,
)
