import { tracardi } from '../../plugins/tracardi/index'
import { init } from '../../src/browser/index'

/** A page that sends to the Tracardi that its address names. */
const host = new URLSearchParams(location.search).get('host') ?? ''

Object.assign(window, { analytics: init({ plugins: [tracardi({ host, sourceId: 'site', flushIntervalMs: 1 })] }) })
