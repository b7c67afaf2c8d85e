import { segment } from '../../plugins/segment'
import { init } from '../../src/browser/index'

/** A page that sends to the Segment that its fragment names. */
const host = decodeURIComponent(location.hash.slice(1))

Object.assign(window, { analytics: init({ plugins: [segment({ writeKey: 'WRITEKEY', host, flushIntervalMs: 50 })] }) })
