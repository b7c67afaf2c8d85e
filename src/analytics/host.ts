import type { CallOptions, PayloadMeta } from '../core/payload'

/** The calls of `analytics` that become events. */
export const CALLS = ['page', 'track', 'identify'] as const

export type CallName = (typeof CALLS)[number]

/** What `analytics` gives to hooks and listeners of these calls. */
export interface HostPayload {
  userId?: unknown
  anonymousId?: unknown
  options?: CallOptions
  meta: PayloadMeta
  [key: string]: unknown
}

/** What we use of an instance of `analytics`. */
export interface HostInstance {
  on(event: string, listener: (argument: { payload: HostPayload }) => void): unknown
  getState(path: string): unknown
  user(key: string): unknown
  setAnonymousId(id: string): unknown
}

interface HookArgument {
  payload: HostPayload
}

/** A plugin for `analytics` 0.8, and for whatever else has its contract. */
export interface HostPlugin {
  name: string
  config: Record<string, unknown>
  bootstrap(argument: { instance: HostInstance }): void
  loaded(): boolean
  reset(): void
  initialize?(): void
  page?(argument: HookArgument): void
  track?(argument: HookArgument): void
  identify?(argument: HookArgument): void
  /** `analytics` declares its plugins as open objects. */
  [member: string]: unknown
}

/**
 * Runs inside each call. Hooks come some microtasks later, when the address may be another one already, and while the
 * browser is offline `analytics` keeps them in memory.
 */
export const listenToCalls = (
  instance: HostInstance,
  listener: (call: CallName, payload: HostPayload) => void,
): void => {
  for (const call of CALLS) instance.on(`${call}Start`, ({ payload }) => listener(call, payload))
}
