import type { Analytics } from './analytics'
import type { Client } from './client'
import { CONSENT_KEY } from './constants'
import { forgetUser } from './identity'
import type { Call } from './lifecycle'
import { createMemoryStorage } from './memory-storage'
import type { ClientOptions } from './options'
import type { Payload } from './payload'
import type { KeyValueStorage, Platform } from './platform'
import type { PluginRecord } from './plugin-registry'

/** Who may take part, and what may be kept: by the browser's signals alone, or by what `consent` brings. */
export interface Privacy {
  /** Where things are kept. */
  storage: KeyValueStorage
  /** Who may not take part now. Replaced, never changed. */
  lacking: readonly PluginRecord[]
  /** Methods of the client. */
  methods?: Pick<Analytics, 'consent'>
  /** Whether a plugin that may not take part still may later. */
  isPending?(record: PluginRecord): boolean
  /** What events say of it. */
  context(): object | undefined
  /** Another tab may have decided. */
  reload?(): void
  /** Forgets the visitor. */
  forget(): void
  /** A call is about to run: its event waits for those who may still take part. */
  hold?(payload: Payload, call: Call): void
}

/** What the browser says for the visitor. */
export interface Signals {
  gpc: boolean | undefined
  refuses(purpose: string): boolean
}

type Settings = Pick<ClientOptions, 'globalPrivacyControl' | 'doNotTrack'>

export const readSignals = ({ globalPrivacyControl, doNotTrack }: Settings, platform: Platform): Signals => {
  const { gpc, dnt } = platform.signals?.() ?? {}
  return {
    gpc,
    refuses: (purpose) =>
      !!((doNotTrack && (dnt || gpc)) || (globalPrivacyControl && gpc && /^(advertising|sale)$/i.test(purpose))),
  }
}

/** For a client without `consent`: nothing changes as long as it lives. */
export const createPrivacy = (client: Client, platform: Platform, places: KeyValueStorage): Privacy => {
  const signals = readSignals(client.options, platform)
  const { gpc } = signals
  // A page of this site that has `consent` may have been told.
  const text = client.options.cookieless || places.getItem(CONSENT_KEY)
  const granted = typeof text === 'string' && text.split('.')
  const refuses = (purpose: string) => signals.refuses(purpose) || (granted && !granted.includes(purpose))
  const isKept = !client.options.cookieless && !refuses('analytics')
  if (!isKept) platform.events.keep(false)
  return {
    storage: isKept ? places : createMemoryStorage(),
    lacking: client.records.filter(({ plugin }) => (plugin.purposes ?? ['analytics']).some(refuses)),
    context: () =>
      gpc || granted
        ? {
            consent: {
              categoryPreferences: { analytics: !refuses('analytics'), advertising: !refuses('advertising') },
              gpc,
            },
          }
        : undefined,
    forget: () => forgetUser(client),
  }
}
