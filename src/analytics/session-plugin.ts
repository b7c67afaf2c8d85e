import { toCampaign } from '../core/campaign'
import { SESSION_KEY } from '../core/constants'
import type { EventSession } from '../core/event'
import { type ClientOptions, clientDefaults } from '../core/options'
import type { Platform } from '../core/platform'
import { createSession } from '../core/session'
import { type HostPlugin, listenToCalls } from './host'

export interface SessionPluginOptions
  extends Pick<ClientOptions, 'sessionTimeoutMs' | 'sessionOnCampaign' | 'sessionAtMidnight' | 'cookieDomain'> {
  /** Hears of each visit that begins on this page. @default undefined */
  onSession?(session: EventSession): void
}

export interface SessionPlugin extends HostPlugin {
  methods: {
    /** The visit of this moment, as `analytics.plugins.session.current()`; null where the last is over. */
    current(): EventSession | null
    [method: string]: (...args: never[]) => unknown
  }
}

/** Keeps visits in the cookie `__fh_session`, as `firsthand` does, and gives each event its own. */
export type CreateSessionPlugin = (options?: SessionPluginOptions) => SessionPlugin

type SessionPlatform = Pick<Platform, 'storage' | 'now' | 'id' | 'query'>

export const createSessionPlugin =
  (createPlatform: (options: SessionPluginOptions) => SessionPlatform): CreateSessionPlugin =>
  (options = {}) => {
    const name = 'session'
    const { sessionTimeoutMs = clientDefaults.sessionTimeoutMs, sessionOnCampaign, onSession } = options
    if (!(sessionTimeoutMs > 0)) throw new Error('[firsthand] sessionTimeoutMs: pass milliseconds above 0')
    const platform = createPlatform(options)
    const session = createSession(platform, { ...options, sessionTimeoutMs }, (started) => onSession?.(started))
    return {
      name,
      config: {},
      bootstrap({ instance }) {
        const campaign = sessionOnCampaign && toCampaign(platform.query())
        if (campaign) session.arrive(campaign)
        listenToCalls(instance, (_call, { meta }) => {
          if (instance.getState(`plugins.${name}.enabled`) !== false) meta.session ??= session.touch()
        })
      },
      loaded: () => true,
      reset() {
        session.forget()
        // A mark, so that no page takes over what other software knows of the visitor.
        platform.storage.setItem(SESSION_KEY, '0')
      },
      methods: { current: () => session.current() },
    }
  }
