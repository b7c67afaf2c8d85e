import type { Lifecycle } from '../core/platform'
import { isHidden, isOnline, listen } from './globals'

type Leave = 'hidden' | 'leaving'

/**
 * Leaving is heard twice: `visibilitychange` on the document is the last sure sign on phones, `pagehide` on the window
 * comes when the page goes. `unload` is never used: it would keep the page out of the back/forward cache.
 */
export function createBrowserLifecycle(): Lifecycle {
  const leave: ((reason: Leave) => void)[] = []
  const back: (() => void)[] = []
  const connectivity: ((online: boolean) => void)[] = []
  let state: Leave | 'here' = isHidden() ? 'hidden' : 'here'

  const toState = (next: Leave | 'here') => {
    if (next === state || (next === 'hidden' && state === 'leaving')) return
    state = next
    if (next === 'here') for (const callback of back) callback()
    else for (const callback of leave) callback(next)
  }
  const look = () => toState(isHidden() ? 'hidden' : 'here')
  const tell = (online: boolean) => () => connectivity.forEach((callback) => callback(online))

  const stops = [
    listen('document', 'visibilitychange', look),
    listen('window', 'pagehide', () => toState('leaving')),
    listen('window', 'pageshow', look),
    listen('window', 'online', tell(true)),
    listen('window', 'offline', tell(false)),
  ]
  return {
    onLeave: (callback) => void leave.push(callback),
    onReturn: (callback) => void back.push(callback),
    onConnectivity(callback) {
      connectivity.push(callback)
      if (!isOnline()) callback(false)
    },
    close: () => stops.forEach((stop) => stop()),
  }
}
