import { nanoid } from 'nanoid'
import type { ClientOptions } from '../core/options'
import type { Platform } from '../core/platform'
import { createBrowserEventStore } from './event-store'
import {
  currentLocation,
  fetchNow,
  localStorageArea,
  lockManager,
  privacySignals,
  setTimer,
  sha256,
  warn,
} from './globals'
import { createBrowserLifecycle } from './lifecycle'
import { context, pageProperties, query } from './page-info'
import { createBrowserSender } from './sender'
import { createBrowserStorage } from './storage'

export const createBrowserPlatform = ({ cookieDomain }: Pick<ClientOptions, 'cookieDomain'> = {}): Platform => {
  const now = Date.now
  const id = () => nanoid()
  return {
    runtime: 'browser',
    now,
    id,
    random: Math.random,
    setTimer,
    sender: createBrowserSender({ fetch: fetchNow, pageUrl: () => currentLocation().href }),
    hash: sha256,
    events: createBrowserEventStore({ storage: localStorageArea(), locks: lockManager(), now, id, setTimer }),
    storage: createBrowserStorage(cookieDomain),
    context,
    query,
    pageProperties,
    signals: privacySignals,
    lifecycle: createBrowserLifecycle(),
    warn,
  }
}
