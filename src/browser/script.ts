import { collector } from '../../plugins/collector'
import { pageGlobals } from './globals'
import { Analytics, CONSTANTS, EVENTS, init } from './index'

const api = { Analytics, init, EVENTS, CONSTANTS, collector }

// `_analytics` is the name of `analytics` on pages that use its script: such a page changes only the address.
const globals = pageGlobals()
globals.firsthand = api
globals._analytics ??= api
