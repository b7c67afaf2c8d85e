import { drive, type Steps } from './call-queue'
import type { Client } from './client'
import type { HeldEvent } from './delivery/delivery'
import { affect } from './effects'
import { FAILED } from './guard'
import { deliver, hold } from './handover'
import type { Audience } from './listeners'
import type { Payload } from './payload'
import { postpones } from './plugin-queue'
import { isChosen, type PluginRecord } from './plugin-registry'
import { isObject } from './values'

/** One run through the lifecycle. */
export interface Call {
  /** As the hooks left it so far. */
  payload: Payload
  audience?: Audience | undefined
  /** Which plugins take part in a phase; else those that the call's options choose. */
  admits?: ((record: PluginRecord, type: string) => boolean) | undefined
  /** Who had no consent when the call was made. */
  lacking?: readonly PluginRecord[]
  /** What transports got that took part, and their names. */
  collected?: Map<Payload, string[]>
  held?: HeldEvent
  /** The main phase is over. */
  isThrough?: boolean
  /** What took effect before the hooks were through, and how to take it back. */
  applied?: { payload: Payload; undo(): void }
  /** Once, however the call ends. */
  settled?(payload: Payload): void
}

export type Abort = (reason?: string, plugins?: readonly string[]) => unknown

const isStart = (type: string) => type.endsWith('Start')

/** Has a hook stopped the call for this plugin? `abort` is true, a list of names, or has one as `plugins`. */
const isAborted = ({ abort }: Payload, name: string): boolean => {
  const names = (abort as { plugins?: string[] } | undefined)?.plugins ?? (abort as unknown as string[] | undefined)
  return abort === true || !!names?.includes?.(name)
}

/** What a hook returned, laid over what it got. The identity of the call is not for hooks to change. */
const merge = (payload: Payload, result: unknown): Payload => {
  if (!isObject(result)) return payload
  const { rid, ts, messageId } = payload.meta
  const meta = { ...payload.meta, ...(result.meta as object), rid, ts, messageId }
  const merged: Payload = { ...payload, ...result, meta }
  // What picks the destinations stays readable, whatever a hook returns.
  if (payload.options && !isObject(merged.options)) merged.options = payload.options
  return merged
}

const takesPart = (client: Client, call: Call, record: PluginRecord, type: string): boolean =>
  !call.lacking?.includes(record) &&
  (call.admits ? call.admits(record, type) : isChosen(record, client.state.plugins, call.payload.options))

/** What other plugins make of the payload for one plugin alone (`track:other`). */
function* scope(client: Client, call: Call, { name }: PluginRecord, others: readonly PluginRecord[]): Steps<Payload> {
  let own = call.payload
  const caller = own.type
  const hook = `${caller}:${name}`
  for (const other of others) {
    if (!takesPart(client, call, other, hook)) continue
    const before = own
    const abort: Abort = (reason, plugins = [name]) => ({
      ...before,
      abort: { reason, plugins, caller, from: other.name },
    })
    let result = client.runHook(other, hook, own, abort)
    if (result instanceof Promise) result = yield result
    own = merge(own, result)
  }
  return own
}

/** `abort` as a hook gets it: only what starts can be aborted, by default for all that take part in the main phase. */
const abortOf =
  (client: Client, call: Call, name: string, type: string): Abort =>
  (reason, plugins) => {
    if (!isStart(type)) throw new Error('abort() is for Start hooks: return { abort: true }')
    plugins ??= client
      .hooks(type.slice(0, -5))
      .flatMap(([other]) => (takesPart(client, call, other, type) ? other.name : []))
    return { ...call.payload, abort: { reason, plugins, caller: `${name}.${type}`, _: name } }
  }

/** Runs the hooks of one name. Returns whether the call is stopped for all who have it. */
function* phase(client: Client, call: Call, type: string): Steps<boolean> {
  call.payload = { ...call.payload, type }
  const scoped: [PluginRecord, Payload][] = []
  for (const [record, others] of client.hooks(type)) {
    if (takesPart(client, call, record, type)) {
      scoped.push([record, others[0] ? yield* scope(client, call, record, others) : call.payload])
    }
  }
  for (const [record, own] of scoped) {
    const { name, plugin } = record
    const payload = isStart(type) ? call.payload : own
    if (isAborted(own, name) || isAborted(payload, name)) {
      client.emit(payload, call.audience, `${type}Aborted:${name}`)
      continue
    }
    if (isAborted(call.payload, name) || postpones(client, record, payload)) continue
    if (record.isTransport && !plugin[type]) {
      call.collected ??= new Map()
      call.collected.set(payload, [...(call.collected.get(payload) ?? []), name])
    } else {
      let result = client.runHook(record, type, payload, abortOf(client, call, name, type))
      if (result instanceof Promise) result = yield result
      if (result === FAILED) continue
      call.payload = merge(call.payload, result)
    }
    affect(client, call, type, name)
    if (!/^ready|:/.test(type)) client.emit(isStart(type) ? call.payload : payload, call.audience, `${type}:${name}`)
  }
  return !!call.payload.abort && scoped.every(([{ name }]) => isAborted(call.payload, name))
}

/** `xStart`, `x`, `xEnd`; an event without `Start` has one phase. */
function* phases(client: Client, call: Call): Steps {
  const { payload, audience } = call
  const { type } = payload
  // Events of our own that are no calls have one phase, whatever they are called.
  const isOwn = !payload.options && (audience === 'named' || audience === 'none')
  const main = isOwn ? type : type.replace(/Start$/, '')
  if (main !== type) {
    client.emit(payload, audience)
    if (client.hooks(type)[0]) yield* phase(client, call, type)
  }
  const isStopped = yield* phase(client, call, main)
  call.isThrough = true
  deliver(client, call, isStopped)
  // What is told to nobody has had its effect when the call was made.
  if (!isStopped && audience !== 'none') affect(client, call, main)
  client.emit(call.payload, audience, isStopped ? `${main}Aborted` : main)
  if (main === type || audience === 'none') return
  yield* phase(client, call, `${main}End`)
  affect(client, call, `${main}End`)
  client.emit(call.payload, audience)
}

// Not a closure inside `run`: V8 makes a hidden class for each generator function, measured at 5 times the cost of a call.
function* ending(client: Client, call: Call): Steps {
  try {
    yield* phases(client, call)
  } catch (error) {
    client.fail(error, call.payload.type)
  }
  call.settled?.(call.payload)
}

/** Takes a call through the lifecycle, inside a job. Whatever goes wrong, the call ends. */
export const run = (client: Client, payload: Payload, details: Omit<Call, 'payload'>): void => {
  const call = details as Call
  call.payload = payload
  call.lacking = client.privacy.lacking
  client.privacy.hold?.(payload, call)
  drive(ending(client, call), client.enqueue)
  if (!call.isThrough) hold(client, call, payload)
}
