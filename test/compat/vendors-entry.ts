import customerio from '@analytics/customerio'
import googleAnalytics from '@analytics/google-analytics'
import mixpanel from '@analytics/mixpanel'
import segment from '@analytics/segment'
import simpleAnalytics from '@analytics/simple-analytics'
import { Analytics as theirs } from 'analytics'
import { Analytics as ours } from '../../src/browser/index'
import type { CreateClient } from './case'
import { recordVendorCalls, vendorScripts } from './vendors'

type Plugin = (config?: object) => unknown

const all = () => [
  (googleAnalytics as Plugin)({ measurementIds: ['G-1'] }),
  (segment as Plugin)({ writeKey: 'key', integrations: { Other: true } }),
  (simpleAnalytics as Plugin)(),
  (customerio as Plugin)({ siteId: 'site' }),
  (mixpanel as Plugin)({ token: 'token' }),
]

const late = () => [(segment as Plugin)({ writeKey: 'key', disableAnonymousTraffic: true, syncAnonymousId: true })]

Object.assign(globalThis, {
  vendorScripts,
  runScript: (library: string, script: string) =>
    recordVendorCalls(
      (library === 'analytics' ? theirs : ours) as unknown as CreateClient,
      script.includes('alone') ? late() : all(),
      script,
    ),
})
