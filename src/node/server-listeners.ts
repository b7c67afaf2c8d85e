import type { ServerAnalytics, ServerError, ServerListeners } from './server-api'

export type Emit = <Name extends keyof ServerListeners>(name: Name, detail: ServerListeners[Name]) => void

/** Whether anybody listens. */
export type Has = (name: keyof ServerListeners) => boolean

/** A listener that throws is the owner's fault, and must not cost events. */
export function createListeners(): { emit: Emit; has: Has; on: ServerAnalytics['on'] } {
  const listeners: { [Name in keyof ServerListeners]: Set<(detail: ServerListeners[Name]) => void> } = {
    delivery: new Set(),
    error: new Set(),
  }
  const warned = new Set<string>()
  const warn = (message: string) => {
    if (warned.has(message) || warned.size > 100) return
    warned.add(message)
    console.warn(`[firsthand] ${message.replace('[firsthand] ', '')} (told once; listen with on('error'))`)
  }
  const emit: Emit = (name, detail) => {
    if (name === 'error' && listeners.error.size === 0) warn((detail as ServerError).message)
    for (const listener of listeners[name]) {
      try {
        listener(detail)
      } catch (error) {
        warn(`a listener of '${name}' failed: ${error}`)
      }
    }
  }
  const on: ServerAnalytics['on'] = (name, listener) => {
    if (!listeners[name]) throw new Error(`[firsthand] on: there is no event '${name}'`)
    listeners[name].add(listener)
    return () => void listeners[name].delete(listener)
  }
  return { emit, has: (name) => listeners[name].size > 0, on }
}
