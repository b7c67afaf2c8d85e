import type { Lifecycle } from '../core/platform'
import { isHidden, isOnline, listen } from './globals'

type Leave = 'hidden' | 'leaving'

/**
 * Leaving is heard twice: `visibilitychange` on the document is the last sure sign on phones, `pagehide` on the window
 * comes when the page goes. `unload` is never used: it would keep the page out of the back/forward cache.
 */
export const createBrowserLifecycle = (): Lifecycle => {
  const listeners: [event: string, callback: (detail: never) => void][] = []
  let state: Leave | 'here' = isHidden() ? 'hidden' : 'here'

  const on = (event: string) => (callback: (detail: never) => void) => void listeners.push([event, callback])
  const tell = (event: string, detail: unknown) => {
    for (const [name, callback] of listeners) if (name === event) callback(detail as never)
  }
  const toState = (next: Leave | 'here') => {
    if (next === state || (next === 'hidden' && state === 'leaving')) return
    state = next
    tell(next === 'here' ? next : 'leave', next)
  }
  const look = () => toState(isHidden() ? 'hidden' : 'here')

  const stops = [
    listen('document', 'visibilitychange', look),
    listen('window', 'pagehide', () => toState('leaving')),
    // From the back/forward cache, perhaps into a tab in the background.
    listen('window', 'pageshow', () => state === 'leaving' && toState('here')),
    listen('window', 'online', () => tell('online', true)),
    listen('window', 'offline', () => tell('online', false)),
  ]
  return {
    onLeave: on('leave'),
    onReturn: on('here'),
    onConnectivity(callback) {
      on('online')(callback)
      if (!isOnline()) callback(false)
    },
    close: () => stops.forEach((stop) => stop()),
  }
}
