import type { Payload } from './payload'

/** What `on` and `once` call with. `plugins` are the plugin objects by name. */
export interface ListenerArgument<Instance = unknown, Told = Payload> {
  payload: Told
  instance: Instance
  plugins: Record<string, unknown>
  /** Listeners only listen: this throws. */
  abort(): never
}

export type Listener<Instance = unknown, Told = Payload> = (argument: ListenerArgument<Instance, Told>) => unknown

/** Stops listening. */
export type Detach = () => void

/** Who hears an event: everybody, only those who listen to its name, or nobody. */
export type Audience = 'all' | 'named' | 'none'

export interface Listeners {
  on(name: string, listener: (payload: Payload) => void): Detach
  /** Tells an event: under another type than the payload's where it is given. */
  emit(payload: Payload, audience?: Audience, type?: string): void
  /** Does somebody listen to this very name? */
  hears(name: string): boolean
}

export const createListeners = (): Listeners => {
  // Replaced, never changed, so that listening and detaching while an event is told is safe.
  let listeners: readonly (readonly [name: string, listener: (payload: Payload) => void])[] = []

  return {
    on(name, listener) {
      const entry = [name, listener] as const
      listeners = [...listeners, entry]
      return () => {
        listeners = listeners.filter((other) => other !== entry)
      }
    },
    emit(payload, audience = 'all', type = payload.type) {
      if (audience === 'none') return
      for (const [name, listener] of listeners) {
        if (name === type || (name === '*' && audience === 'all')) listener({ ...payload, type })
      }
    },
    hears: (type) => listeners.some(([name]) => name === type),
  }
}
