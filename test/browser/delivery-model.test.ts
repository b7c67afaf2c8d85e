import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDelivery } from '../../src/core/delivery/create-delivery'
import type { DeliveryPlatform } from '../../src/core/delivery/host'
import type { Delivery } from '../../src/core/delivery/delivery'
import type { SendResult } from '../../src/core/platform'
import type { TransportRequest } from '../../src/core/transport'
import { eventNamed, namesIn, plainTransport } from '../core/delivery/world'
import { answered, createFakePlatform, type FakePlatform } from '../helpers/fake-platform'
import { createFakeBrowser, type FakeTab } from './fake-tabs'

type Command =
  | { do: 'accept'; partition: 'x' | 'y'; count: number }
  | { do: 'network'; becomes: keyof typeof networks }
  | { do: 'pass'; ms: number }
  | { do: 'crash' | 'leave' | 'hide' | 'comeBack' | 'openSecondTab' | 'closeSecondTab' | 'withdraw' }

/** What the network does with a request: does it arrive, and what does the sender hear? */
const networks = {
  works: { arrives: true, hears: answered(200) },
  losesAnswers: { arrives: true, hears: { status: 'failed', reason: 'reset' } as SendResult },
  fails: { arrives: false, hears: { status: 'failed', reason: 'offline' } as SendResult },
  overloaded: { arrives: false, hears: answered(503) },
  wantsPause: { arrives: false, hears: answered(401) },
}

const commands = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      partition: fc.constantFrom('x' as const, 'y' as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('network' as const),
      becomes: fc.constantFrom(...(Object.keys(networks) as (keyof typeof networks)[])),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 250, 500, 1000, 1250, 4000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'crash' as const,
        'leave' as const,
        'hide' as const,
        'comeBack' as const,
        'openSecondTab' as const,
        'closeSecondTab' as const,
      ),
    }),
  },
)

const withdrawal = { weight: 2, arbitrary: fc.constant<Command>({ do: 'withdraw' }) }

interface Page {
  tab: FakeTab
  platform: DeliveryPlatform
  own: FakePlatform
  delivery: Delivery
  isDead: boolean
}

/** The world of the model: one browser, one receiver, pages that come and go. */
function createModel({ takesExits = true } = {}) {
  const browser = createFakeBrowser()
  const received: { name: string; page: number }[] = []
  const accepted: string[] = []
  const acknowledged = new Set<string>()
  /** What was accepted, received and acknowledged by then, and what the pages that heard of it counted. */
  const withdrawals: { accepted: number; received: number; acknowledged: number; counted: number }[] = []
  let network: (typeof networks)[keyof typeof networks] = networks.works
  let pages = 0
  const partition = ({ event = '' }: { event?: string }) => event[0] ?? ''

  const open = (): Page => {
    const tab = browser.openTab()
    const number = ++pages
    const page: Page = { tab, isDead: false } as Page
    const receive = (request: TransportRequest) => {
      if (network.arrives) for (const name of namesIn(request)) received.push({ name, page: number })
      return network.hears
    }
    const own = createFakePlatform()
    page.own = own
    page.platform = {
      ...own,
      now: () => browser.clock.now,
      random: () => 0.5,
      setTimer: own.setTimer,
      events: tab.store,
      sender: {
        // A dead page hears nothing any more.
        async send(request: TransportRequest) {
          const answer = receive(request)
          await new Promise<void>((resolve) => own.setTimer(() => page.isDead || resolve(), 600))
          return answer
        },
        sendUrgently(request, later) {
          if (!takesExits) return { status: 'refused', reason: 'preflight' }
          const answer = receive(request)
          void Promise.resolve().then(() => page.isDead || later(answer))
          return { status: 'handed-over' }
        },
      },
    }
    page.delivery = createDelivery({
      transports: [plainTransport({ partition })],
      platform: page.platform,
      report({ event, outcome }) {
        if (outcome.status !== 'delivered') return
        acknowledged.add(event.event ?? '')
        if (!received.some(({ name }) => name === event.event)) throw new Error(`${event.event} was never sent`)
      },
      recover: (_event, _transports, held) => held.discard(),
    })
    return page
  }

  let page = open()
  let second: Page | undefined
  let isAway = false

  const pass = async (ms: number) => {
    // Both clocks move together in small steps.
    for (let passed = 0; passed <= ms; passed += 250) {
      await browser.clock.advance(250)
      for (const each of [page, second]) if (each && !each.isDead) await each.own.clock.advance(250)
    }
  }
  const end = (each: Page) => {
    each.isDead = true
    each.tab.die()
  }
  const countWithdrawn = ({ delivery }: Page) => delivery.state().dropped['consent-withdrawn'] ?? 0
  /** Every tab that runs is told; one in the back/forward cache is not. */
  const withdraw = () => {
    const told = [isAway ? undefined : page, second].flatMap((each) => each ?? [])
    if (!told[0]) return
    const counted = told.map(countWithdrawn)
    for (const each of told) each.delivery.withdraw(['plain'], false)
    withdrawals.push({
      accepted: accepted.length,
      received: received.length,
      acknowledged: acknowledged.size,
      counted: told.reduce((sum, each, index) => sum + countWithdrawn(each) - (counted[index] as number), 0),
    })
  }

  return {
    received,
    accepted,
    acknowledged,
    withdrawals,
    entries: () => browser.entryNames(),
    async run(command: Command) {
      if (command.do === 'network') network = networks[command.becomes]
      else if (command.do === 'pass') await pass(command.ms)
      else if (command.do === 'accept') {
        const target = isAway ? second : page
        if (!target) return
        for (let index = 0; index < command.count; index++) {
          const name = `${command.partition}${accepted.length}`
          accepted.push(name)
          target.delivery.accept([{ event: eventNamed(name), transports: ['plain'] }])
        }
      } else if (command.do === 'crash') {
        end(page)
        page = open()
        isAway = false
      } else if (command.do === 'leave' || command.do === 'hide') {
        if (!isAway) page.own.lifecycle.leave(command.do === 'leave' ? 'leaving' : 'hidden')
        isAway ||= command.do === 'leave'
      } else if (command.do === 'comeBack') {
        page.own.lifecycle.return()
        isAway = false
      } else if (command.do === 'withdraw') withdraw()
      else if (command.do === 'openSecondTab') second ??= open()
      else if (second) {
        second.own.lifecycle.leave('leaving')
        end(second)
        second = undefined
      }
      await browser.settle()
    },
    /** The world heals, and the visitor comes back. */
    async heal() {
      network = networks.works
      end(page)
      if (second) end(second)
      second = undefined
      page = open()
      await pass(200_000)
    },
  }
}

it('an event that a page without its receiver took over is sent by a later page that has it', async () => {
  const browser = createFakeBrowser()
  const open = (receiver: string) => {
    const tab = browser.openTab()
    const own = createFakePlatform()
    const platform = { ...own, now: () => browser.clock.now, events: tab.store }
    const transports = [plainTransport({ receiver })]
    const delivery = createDelivery({ transports, platform, report() {}, recover() {} })
    return { tab, own, delivery }
  }
  const first = open('/ one')
  first.delivery.accept([{ event: eventNamed('a'), transports: ['plain'] }])
  await browser.clock.advance(5000)
  first.tab.die()
  const other = open('/ two')
  await browser.clock.advance(5000)
  expect(other.delivery.state().waiting).toBe(1)
  await other.delivery.flush()
  other.tab.die()
  const later = open('/ one')
  await browser.clock.advance(5000)
  await later.delivery.flush()
  expect(other.own.sent).toEqual([])
  expect(later.own.sent.map(({ request }) => namesIn(request))).toEqual([['a']])
  expect(browser.entryNames()).toEqual([])
})

describe('whatever happens to pages, network and answers', () => {
  it('every accepted event arrives at least once, and none is acknowledged that was not sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { maxLength: 40, size: 'max' }), async (script) => {
        const model = createModel()
        for (const command of script) await model.run(command)
        await model.heal()
        expect([...new Set(model.received.map(({ name }) => name))].sort()).toEqual([...model.accepted].sort())
        expect(model.entries()).toEqual([])
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  it('events of one partition arrive first in the order of acceptance, while a page lives and is not hidden', async () => {
    const living = commands.filter((command) => ['accept', 'network', 'pass', 'crash'].includes(command.do))
    await fc.assert(
      fc.asyncProperty(fc.array(living, { maxLength: 40, size: 'max' }), async (script) => {
        const model = createModel()
        // A page that comes after a crash finds what was left only after its grace: let it.
        for (const command of script) {
          await model.run(command)
          if (command.do === 'crash') await model.run({ do: 'pass', ms: 4000 })
        }
        await model.heal()
        for (const partition of ['x', 'y']) {
          const first = [
            ...new Set(model.received.map(({ name }) => name).filter((name) => name.startsWith(partition))),
          ]
          expect(first).toEqual(model.accepted.filter((name) => name.startsWith(partition)))
        }
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  it('no event is sent by two living tabs, also when one comes back from the back/forward cache', async () => {
    const withoutTrouble = commands.filter((command) => !['network', 'crash', 'closeSecondTab'].includes(command.do))
    await fc.assert(
      fc.asyncProperty(fc.array(withoutTrouble, { maxLength: 40, size: 'max' }), async (script) => {
        const model = createModel({ takesExits: false })
        for (const command of script) {
          if (command.do === 'leave') {
            // What is under way when a page freezes may be repeated, so let it end. Something waits when it freezes.
            await model.run({ do: 'pass', ms: 2000 })
            await model.run({ do: 'accept', partition: 'x', count: 1 })
          }
          await model.run(command)
        }
        await model.run({ do: 'comeBack' })
        await model.run({ do: 'pass', ms: 10_000 })
        expect(model.received.map(({ name }) => name).sort()).toEqual([...model.accepted].sort())
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  it('without trouble no event arrives twice, from however many tabs', async () => {
    const calm = commands.filter(
      (command) => !['network', 'crash', 'leave', 'comeBack', 'closeSecondTab'].includes(command.do),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(calm, { maxLength: 40, size: 'max' }), async (script) => {
        const model = createModel()
        for (const command of script) await model.run(command)
        await model.run({ do: 'pass', ms: 10_000 })
        expect(model.received.map(({ name }) => name).sort()).toEqual([...model.accepted].sort())
      }),
      { numRuns: 150 },
    )
  }, 120_000)
})

describe('whatever happens, once consent is withdrawn', () => {
  const numberOf = (name: string) => Number(name.slice(1))

  it('no tab sends what was accepted before, and everything accepted since arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 15, arbitrary: commands }, withdrawal), { maxLength: 40, size: 'max' }),
        async (script) => {
          const model = createModel()
          for (const command of script) await model.run(command)
          await model.heal()
          for (const { accepted, received } of model.withdrawals) {
            const late = model.received.slice(received).filter(({ name }) => numberOf(name) < accepted)
            expect(late).toEqual([])
          }
          const last = model.withdrawals.at(-1)?.accepted ?? 0
          const arrived = new Set(model.received.map(({ name }) => name))
          expect(model.accepted.slice(last).filter((name) => !arrived.has(name))).toEqual([])
          expect(model.entries()).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  }, 120_000)

  it('what had no final outcome is counted, each event once, and the rest keeps its order', async () => {
    const living = commands.filter((command) => ['accept', 'network', 'pass', 'crash'].includes(command.do))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 15, arbitrary: living }, withdrawal), { maxLength: 40, size: 'max' }),
        async (script) => {
          const model = createModel()
          for (const command of script) {
            await model.run(command)
            if (command.do === 'crash') await model.run({ do: 'pass', ms: 4000 })
          }
          await model.heal()
          let counted = 0
          for (const withdrawal of model.withdrawals) {
            counted += withdrawal.counted
            expect(withdrawal.acknowledged + counted).toBe(withdrawal.accepted)
          }
          expect(model.acknowledged.size + counted).toBe(model.accepted.length)
          for (const partition of ['x', 'y']) {
            const first = [...new Set(model.received.map(({ name }) => name))].filter((name) =>
              name.startsWith(partition),
            )
            expect(first).toEqual(model.accepted.filter((name) => first.includes(name)))
          }
        },
      ),
      { numRuns: 150 },
    )
  }, 120_000)
})
