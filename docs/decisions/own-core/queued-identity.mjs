// Alice's event waits for a plugin that is not loaded yet; Bob has logged in when it is: whose event arrives?
import { Analytics as Theirs } from 'analytics'
import { Analytics as Ours } from 'firsthand'
import { claim, until } from './claim.mjs'

async function deliveredAs(Analytics) {
  const delivered = []
  let isLoaded = false
  const late = { name: 'late', loaded: () => isLoaded, track: ({ payload }) => void delivered.push(payload.userId) }
  const client = Analytics({ app: 'queued', plugins: [late] })
  await client.identify('alice')
  await client.track('Payment Failed')
  await client.reset()
  await client.identify('bob')
  isLoaded = true
  await until(() => delivered.length > 0, 8000)
  return delivered.join()
}

const [theirs, ours] = [await deliveredAs(Theirs), await deliveredAs(Ours)]
claim(theirs === 'bob', `analytics: the event that alice caused is delivered as ${theirs}'s`)
claim(ours === 'alice', `firsthand: it is delivered as ${ours}'s`)
// The heartbeat of analytics would keep the process alive.
process.exit()
