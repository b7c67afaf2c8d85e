import type { Steps } from './call-queue'
import type { HeldEvent } from './delivery/delivery'
import { FAILED } from './guard'
import type { Audience } from './listeners'
import type { Payload } from './payload'
import type { HookEntry, PluginRecord } from './plugin-registry'
import { isObject } from './values'

/** One run through the lifecycle. */
export interface Call {
  /** As the hooks left it so far. */
  payload: Payload
  audience?: Audience
  /** Which plugins take part in a phase; else those that the call's options choose. */
  admits?(record: PluginRecord, type: string): boolean
  /** Transports that took part, and what each of them got. */
  collected: [transport: string, payload: Payload][]
  held?: HeldEvent
  /** Once, if hooks are still running when the call returns; not after the main phase. */
  suspended?(call: Call): void
  /** What took effect before the hooks were through, and how to take it back. */
  applied?: { payload: Payload; undo(): void }
  /** Once, however the call ends. */
  settled?(payload: Payload): void
}

export interface LifecycleHost {
  hooks(type: string): readonly HookEntry[]
  admits(record: PluginRecord, call: Call): boolean
  emit(payload: Payload, audience?: Audience, type?: string): void
  /** Runs a hook; what it comes to, or a promise of that, which never rejects. `FAILED` where it threw or was too slow. */
  runHook(record: PluginRecord, hook: string, payload: Payload, abort: Abort): unknown
  /** Must this plugin wait (not loaded, offline)? Then its call has been put aside. */
  postpones(record: PluginRecord, payload: Payload): boolean
  /** The main phase is over; `isStopped` if it was aborted for all. */
  deliver(call: Call, isStopped: boolean): void
  /** What the client itself does when the hooks of a phase are through, or, where it is named, one plugin's. */
  affect(call: Call, type: string, plugin?: string): void
}

export type Abort = (reason?: string, plugins?: readonly string[]) => unknown

const isStart = (type: string) => type.endsWith('Start')

/** Has a hook stopped the call for this plugin? `abort` is true, a list of names, or has one as `plugins`. */
const isAborted = ({ abort }: Payload, name: string): boolean =>
  abort === true ||
  !!((abort as { plugins?: readonly string[] })?.plugins ?? (abort as unknown as string[]))?.includes?.(name)

/** What a hook returned, laid over what it got. The identity of the call is not for hooks to change. */
function merge(payload: Payload, result: unknown): Payload {
  if (!isObject(result)) return payload
  const merged: Payload = { ...payload, ...result }
  if (merged.meta !== payload.meta) {
    const { rid, ts, messageId } = payload.meta
    merged.meta = { ...payload.meta, ...merged.meta, rid, ts, messageId }
  }
  return merged
}

export function createLifecycle({ hooks, admits, emit, runHook, postpones, deliver, affect }: LifecycleHost) {
  const takesPart = (call: Call, record: PluginRecord, type: string) =>
    call.admits ? call.admits(record, type) : admits(record, call)

  const suspend = (call: Call) => {
    call.suspended?.(call)
    call.suspended = undefined
  }

  /** What other plugins make of the payload for one plugin alone (`track:other`). */
  function* scope(call: Call, { name }: PluginRecord, others: readonly PluginRecord[]): Steps<Payload> {
    let own = call.payload
    const { type } = own
    const hook = `${type}:${name}`
    for (const other of others) {
      if (!takesPart(call, other, hook)) continue
      const before = own
      const abort: Abort = (reason, plugins = [name]) => ({
        ...before,
        abort: { reason, plugins, caller: type, from: other.name },
      })
      let result = runHook(other, hook, own, abort)
      if (result instanceof Promise) {
        suspend(call)
        result = yield result
      }
      own = merge(own, result)
    }
    return own
  }

  /** `abort` as a hook gets it: only what starts can be aborted, by default for all that take part in the main phase. */
  const abortOf =
    (call: Call, { name }: PluginRecord, type: string): Abort =>
    (reason, plugins) => {
      if (!isStart(type)) throw new Error('abort() is for Start hooks: return { abort: true }')
      plugins ??= hooks(type.slice(0, -5)).flatMap(([other]) => (takesPart(call, other, type) ? other.name : []))
      return { ...call.payload, abort: { reason, plugins, caller: `${name}.${type}`, _: name } }
    }

  /** Runs the hooks of one name. Returns whether the call is stopped for all who have it. */
  function* phase(call: Call, type: string): Steps<boolean> {
    call.payload = { ...call.payload, type }
    const scoped: [PluginRecord, Payload][] = []
    for (const [record, others] of hooks(type)) {
      if (!takesPart(call, record, type)) continue
      scoped.push([record, others[0] ? yield* scope(call, record, others) : call.payload])
    }
    for (const [record, own] of scoped) {
      const { name } = record
      const payload = isStart(type) ? call.payload : own
      if (isAborted(payload, name)) {
        emit(payload, call.audience, `${type}Aborted:${name}`)
        continue
      }
      if (isAborted(call.payload, name) || postpones(record, payload)) continue
      if (record.isTransport && !record.plugin[type]) call.collected.push([name, payload])
      else {
        let result = runHook(record, type, payload, abortOf(call, record, type))
        if (result instanceof Promise) {
          suspend(call)
          result = yield result
        }
        if (result === FAILED) continue
        call.payload = merge(call.payload, result)
      }
      affect(call, type, name)
      if (isAborted(own, name)) emit(own, call.audience, `${type}Aborted:${name}`)
      else if (!/^ready|:/.test(type)) emit(isStart(type) ? call.payload : payload, call.audience, `${type}:${name}`)
    }
    return !!call.payload.abort && scoped.every(([{ name }]) => isAborted(call.payload, name))
  }

  /** `xStart`, `x`, `xEnd`; an event without `Start` has one phase. */
  return function* lifecycle(call: Call): Steps {
    const { type } = call.payload
    // Events of our own have one phase, whatever they are called.
    const main = call.audience === 'named' ? type : type.replace(/Start$/, '')
    if (main !== type) {
      emit(call.payload, call.audience)
      if (hooks(type)[0]) yield* phase(call, type)
    }
    const isStopped = yield* phase(call, main)
    call.suspended = undefined
    deliver(call, isStopped)
    if (!isStopped) affect(call, main)
    emit(call.payload, call.audience, isStopped ? `${main}Aborted` : main)
    if (main === type || call.audience === 'none') return
    yield* phase(call, `${main}End`)
    affect(call, `${main}End`)
    emit(call.payload, call.audience)
  }
}
