// Two clients in one Node process: who is the visitor of the second?
import { Analytics as Theirs } from 'analytics'
import { Analytics as Ours } from 'firsthand'
import { claim } from './claim.mjs'

async function visitorOfSecond(Analytics) {
  await Analytics({ app: 'first' }).identify('alice', { email: 'alice@example.com' })
  return Analytics({ app: 'second' }).user()
}

const [theirs, ours] = [await visitorOfSecond(Theirs), await visitorOfSecond(Ours)]
claim(theirs.userId === 'alice', `analytics: a second instance is born as ${theirs.userId}, ${theirs.traits.email}`)
claim(!ours.userId && !ours.traits.email, `firsthand: a second instance is born as ${ours.userId}`)
