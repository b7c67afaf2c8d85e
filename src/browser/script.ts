import { collector } from '../../plugins/collector'
import { type ConsentOptions, type ConsentSetup, consent } from '../consent'
import { isFunction, isObject } from '../core/values'
import { schemas } from '../schemas'
import { pageGlobals } from './globals'
import { Analytics, type AnalyticsConfig, type AnyEvents, CONSTANTS, EVENTS } from './index'
import { replay, type StubEntry } from './replay'

/** Consent is part of the script: its options are enough. */
type ScriptConfig = Omit<AnalyticsConfig<AnyEvents>, 'consent'> & { consent?: ConsentOptions | ConsentSetup | null }

const withConsent = (config: ScriptConfig): AnalyticsConfig<AnyEvents> => {
  const given = config?.consent
  const setup = given && (!isObject(given) || given.connect) ? (given as ConsentSetup) : consent(given ?? {})
  // What is no configuration is refused as everywhere.
  return isObject(config) ? { ...config, consent: setup } : config
}

/** A function that makes the configuration may use what the script brings, also where the stub stands in for it. */
const init = (config: ScriptConfig | (() => ScriptConfig) = {}) =>
  Analytics(withConsent(isFunction(config) ? config() : config))

const globals = pageGlobals()
const stub = globals.firsthand as { queue?: StubEntry[] } | undefined
const queue = stub?.queue

// Whoever kept the stub's object has the real one.
globals.firsthand = Object.assign(queue ? stub : {}, {
  Analytics: init,
  default: init,
  init,
  EVENTS,
  CONSTANTS,
  collector,
  consent,
  schemas,
})
delete stub?.queue
// The name of `analytics` on pages that use its script: such a page changes only the address.
globals._analytics ??= globals.firsthand
if (queue) replay(queue, init)
