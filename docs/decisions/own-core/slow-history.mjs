// Does track() become slower the more has been tracked? bench/track-node.mjs measures it over 100,000 calls.
import { Analytics as Theirs } from 'analytics'
import { Analytics as Ours } from 'firsthand'
import { claim } from './claim.mjs'

const CALLS = 24_000
const WINDOW = 2000

/** CPU milliseconds of `WINDOW` calls, for each window; other work on the machine does not count. */
async function measure(Analytics) {
  const client = Analytics({ app: 'slow', plugins: [{ name: 'nothing', track() {} }] })
  const windows = []
  for (let done = 0; done < CALLS; done += WINDOW) {
    const start = process.cpuUsage()
    for (let index = 0; index < WINDOW; index += 100) {
      await Promise.all(Array.from({ length: 100 }, () => client.track('buttonClicked')))
    }
    const { user, system } = process.cpuUsage(start)
    windows.push((user + system) / 1000)
  }
  // The first windows warm the engine up.
  return { kept: client.getState('track').history.length, early: windows[2], late: windows.at(-1) }
}

const describe = ({ kept, early, late }) =>
  `keeps ${kept} of ${CALLS} calls in memory; ${WINDOW} calls took ${early.toFixed(0)} ms early, ${late.toFixed(0)} ms late`

const [theirs, ours] = [await measure(Theirs), await measure(Ours)]
claim(theirs.kept === CALLS && theirs.late > 1.3 * theirs.early, `analytics ${describe(theirs)}`)
claim(ours.kept <= 100, `firsthand ${describe(ours)}`)
