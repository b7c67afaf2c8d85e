import type { TransportRequest } from '../core/transport'
import { check, same } from './assert'
import { sampleEvent } from './sample-event'
import type { Meaning, TestFunctions, TransportSubject } from './subject'
import { createTestWorld, type NetworkAnswer, type Runtime, type TestWorld } from './test-world'

type It = TestFunctions['it']

const IDS = ['id-1', 'id-2', 'id-3']

/** Longer than a pause, a timeout and what `Retry-After` asks for. */
const LONG_MS = 180_000

/** Three events, given to a host; time stands still. */
export const acceptThree = ({ create, event }: TransportSubject, runtime: Runtime): TestWorld => {
  const transport = create()
  const world = createTestWorld(transport, runtime)
  const events = [1, 2, 3].map(sampleEvent).map((sample) => event?.(sample) ?? sample)
  world.delivery.accept(events.map((each) => ({ event: each, transports: [transport.name] })))
  return world
}

/** What became of each event by id: its last outcome, `waiting` where it has none yet. */
const fates = (world: TestWorld) =>
  IDS.map((id) => world.outcomes.findLast((line) => line.startsWith(`${id} `))?.split(' ')[1] ?? 'waiting')

const finalOutcomes = ({ outcomes }: TestWorld) => outcomes.filter((line) => !/ (retry|paused)$/.test(line)).sort()

export const eachOf = (outcome: string) => IDS.map((id) => `${id} ${outcome}`)

const checkMeaning = (world: TestWorld, meaning: Meaning): void => {
  const { waiting, acknowledged, paused } = world.delivery.state()
  same(acknowledged, 0, 'events that count as delivered')
  same(waiting, meaning === 'rejected' ? 0 : 3, 'events that wait')
  same(Object.keys(paused).length, meaning === 'paused' ? 1 : 0, 'transports that are paused')
  if (meaning === 'rejected') same(finalOutcomes(world), eachOf('rejected'), 'final outcomes')
  else checkFates(fates(world), meaning)
}

/** Where requests have one event each, those behind the first may wait for it. */
const checkFates = (found: string[], meaning: Meaning): void => {
  const isRight = found[0] === meaning && found.every((fate) => fate === meaning || fate === 'waiting')
  check(isRight, `outcomes of the events: expected ${meaning}, found ${found}`)
}

const withoutTimes = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')

export const defineAnswerTests = (subject: TransportSubject, runtime: Runtime, it: It): void => {
  const { lie, meaning, success } = subject
  const answers: [title: string, answer: NetworkAnswer, meaning: Meaning][] = [
    ['400', { status: 400, body: '{}' }, meaning?.[400] ?? 'rejected'],
    ['401', { status: 401, body: '{}' }, meaning?.[401] ?? 'paused'],
    ['413', { status: 413 }, 'rejected'],
    ['429 with Retry-After', { status: 429, headers: { 'Retry-After': '60' } }, 'retry'],
    ['500', { status: 500, body: 'oops' }, 'retry'],
    ['503', { status: 503 }, 'retry'],
    ['a network failure', 'failure', 'retry'],
    ['a hang', 'silence', 'retry'],
  ]
  if (lie) answers.push(['a success that lies', lie, lie.meaning ?? 'retry'])

  it('delivers each event once', async () => {
    const world = acceptThree(subject, runtime)
    world.answer = success
    await world.clock.advance(LONG_MS)
    same(world.outcomes.toSorted(), eachOf('delivered'), 'outcomes')
  })

  for (const [title, answer, expected] of answers) {
    it(`${expected === 'rejected' ? 'drops' : 'keeps'} every event after ${title}`, async () => {
      const world = acceptThree(subject, runtime)
      world.answer = () => answer
      await world.clock.advance(title === 'a hang' ? 20_000 : 1_001)
      checkMeaning(world, expected)
    })
    if (expected === 'rejected') continue
    it(`delivers each event once when the receiver recovers from ${title}`, async () => {
      const world = acceptThree(subject, runtime)
      world.answer = () => answer
      await world.clock.advance(1_001)
      world.answer = success
      await world.clock.advance(LONG_MS)
      same(world.delivery.state().waiting, 0, 'events that wait')
      same(finalOutcomes(world), eachOf('delivered'), 'final outcomes')
    })
  }

  defineBatchTests(subject, runtime, it)
}

const defineBatchTests = (subject: TransportSubject, runtime: Runtime, it: It): void => {
  it('sends nothing before Retry-After is over', async () => {
    const world = acceptThree(subject, runtime)
    world.answer = () => ({ status: 429, headers: { 'Retry-After': '60' } })
    await world.clock.advance(1_001)
    const requests = world.sent.length
    await world.clock.advance(58_000)
    same(world.sent.length, requests, 'requests')
  })

  it('loses no event when the receiver takes only small requests', async () => {
    const world = acceptThree(subject, runtime)
    const holds = (request: TransportRequest) => new Set(String(request.body).match(/id-\d/g)).size
    world.answer = (request) => (holds(request) > 1 ? { status: 413 } : subject.success(request))
    await world.clock.advance(LONG_MS)
    same(finalOutcomes(world), eachOf('delivered'), 'final outcomes')
  })

  it('makes the same request of the same events, but for times', async () => {
    const world = acceptThree(subject, runtime)
    world.answer = () => ({ status: 503 })
    await world.clock.advance(10_000)
    const [first, second] = world.sent.map(({ request }) => withoutTimes(JSON.stringify(request)))
    check(first !== undefined && first === second, `the second try differs:\n${first}\n${second}`)
  })
}
