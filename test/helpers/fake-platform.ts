import { createHash } from 'node:crypto'
import type { EventContext } from '../../src/core/event'
import type { KeyValueStorage, Lifecycle, Platform, Sender, SendResult } from '../../src/core/platform'
import type { TransportRequest, TransportResponse } from '../../src/core/transport'
import { createFakeEventStore, FAKE_START, type FakeEventStore } from './fake-event-store'

/** The world as a test sees it: a clock that only the test moves, and everything that left the client. */
export interface FakePlatform extends Platform {
  clock: FakeClock
  /** Every request in the order in which it left. */
  sent: CapturedSend[]
  /** Answers the next requests, one function each; when it is empty `answer` is used. */
  answers: ((request: TransportRequest) => SendResult | Promise<SendResult>)[]
  /** Standing answer of the network. Default: 200 with an empty body. */
  answer: (request: TransportRequest) => SendResult | Promise<SendResult>
  /** Standing answer to an exit request. Default: `handed-over`. */
  urgentAnswer: (request: TransportRequest) => SendResult
  events: FakeEventStore
  storage: FakeStorage
  lifecycle: FakeLifecycle
  warnings: string[]
  /** What `context()`, `pageProperties()` and `query()` answer; change them to navigate. */
  page: { context: EventContext; properties: Record<string, unknown>; query: Record<string, string> }
  /** Lets promises that are ready run, without moving the clock. */
  settle(): Promise<void>
}

export interface FakeClock {
  now: number
  /** Runs the timers that fall due, in order, and lets promises run after each. */
  advance(durationMs: number): Promise<void>
  /** As a visitor who sets the clock: no timer runs. */
  jump(durationMs: number): void
  /** Delays of the timers that wait, from now, shortest first. */
  waiting(): number[]
}

export interface CapturedSend {
  request: TransportRequest
  urgent: boolean
  atMs: number
  /** Only where `urgent`: what the sender calls when the page lives on after all. */
  later?: (result: SendResult) => void
}

export interface FakeStorage extends KeyValueStorage {
  items: Map<string, unknown>
  /** Keys in the order of writing and removing: `set __anon_id`, `remove __user_id`. */
  writes: string[]
}

export interface FakeLifecycle extends Lifecycle {
  leave(reason?: 'hidden' | 'leaving'): void
  return(): void
  connect(online: boolean): void
  closed: boolean
}

export { FAKE_START }

export function answered(status: number, body = '', headers: Record<string, string> = {}): SendResult {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const response: TransportResponse = { status, body, header: (name) => lower[name.toLowerCase()] ?? null }
  return { status: 'answered', response }
}

export function createFakePlatform(overrides: Partial<Platform> = {}): FakePlatform {
  const { clock, setTimer, settle } = createFakeClock()
  let lastId = 0
  const warnings: string[] = []
  const library = { name: 'firsthand', version: '0.0.0' }
  const page: FakePlatform['page'] = { context: { library }, properties: {}, query: {} }
  const platform: FakePlatform = {
    runtime: 'browser',
    clock,
    sent: [],
    answers: [],
    answer: () => answered(200, '{}'),
    urgentAnswer: () => ({ status: 'handed-over' }),
    warnings,
    page,
    settle,
    now: () => clock.now,
    id: () => `id-${++lastId}`,
    random: () => 0.5,
    setTimer,
    hash: (text) => Promise.resolve(createHash('sha256').update(text).digest('hex')),
    sender: createFakeSender(() => platform),
    events: createFakeEventStore(() => clock.now),
    storage: createFakeStorage(),
    context: () => structuredClone(page.context),
    query: () => page.query,
    pageProperties: () => ({ ...page.properties }),
    lifecycle: createFakeLifecycle(),
    warn: (message) => void warnings.push(message),
  }
  return Object.assign(platform, overrides)
}

function createFakeClock() {
  const timers = new Map<number, { atMs: number; callback: () => void }>()
  let lastTimer = 0
  const settle = async () => {
    for (let round = 0; round < 50; round++) await Promise.resolve()
  }
  const next = () => [...timers].sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0]
  const clock: FakeClock = {
    now: FAKE_START,
    async advance(durationMs) {
      const end = clock.now + durationMs
      await settle()
      for (let due = next(); due && due[1].atMs <= end; due = next()) {
        timers.delete(due[0])
        clock.now = Math.max(clock.now, due[1].atMs)
        due[1].callback()
        await settle()
      }
      clock.now = end
    },
    jump(durationMs) {
      clock.now += durationMs
      for (const timer of timers.values()) timer.atMs += durationMs
    },
    waiting: () => [...timers.values()].map((timer) => timer.atMs - clock.now).sort((a, b) => a - b),
  }
  const setTimer = (callback: () => void, delayMs: number) => {
    const id = ++lastTimer
    timers.set(id, { atMs: clock.now + delayMs, callback })
    return () => void timers.delete(id)
  }
  return { clock, setTimer, settle }
}

function createFakeSender(platform: () => FakePlatform): Sender {
  return {
    async send(request: TransportRequest) {
      const world = platform()
      world.sent.push({ request, urgent: false, atMs: world.clock.now })
      return (world.answers.shift() ?? world.answer)(request)
    },
    sendUrgently(request, later) {
      const world = platform()
      const result = world.urgentAnswer(request)
      if (result.status === 'handed-over') world.sent.push({ request, urgent: true, atMs: world.clock.now, later })
      return result
    },
  }
}

export function createFakeStorage(): FakeStorage {
  const items = new Map<string, unknown>()
  const writes: string[] = []
  return {
    items,
    writes,
    getItem: (key) => items.get(key),
    setItem(key, value) {
      writes.push(`set ${key}`)
      items.set(key, value)
    },
    removeItem(key) {
      writes.push(`remove ${key}`)
      items.delete(key)
    },
  }
}

function createFakeLifecycle(): FakeLifecycle {
  const leave: ((reason: 'hidden' | 'leaving') => void)[] = []
  const back: (() => void)[] = []
  const connectivity: ((online: boolean) => void)[] = []
  const lifecycle: FakeLifecycle = {
    closed: false,
    onLeave: (callback) => void leave.push(callback),
    onReturn: (callback) => void back.push(callback),
    onConnectivity: (callback) => void connectivity.push(callback),
    close: () => void (lifecycle.closed = true),
    leave: (reason = 'leaving') => leave.forEach((callback) => callback(reason)),
    return: () => back.forEach((callback) => callback()),
    connect: (online) => connectivity.forEach((callback) => callback(online)),
  }
  return lifecycle
}
