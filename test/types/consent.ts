// Compiled by the type check, never run: each @ts-expect-error fails the check when the line below it is accepted.
import Analytics, { type AnalyticsInstance } from '../../src/browser'
import { consent } from '../../src/consent'

const analytics = Analytics({
  consent: consent({ required: true, purposes: ['analytics', 'sale'], onPending: 'drop' }),
})
analytics.consent.grant('analytics')
analytics.consent.state().sale satisfies 'granted' | 'denied' | 'pending' | undefined
Analytics({ consent: consent() })
Analytics<{ 'Order Completed': { total: number } }>({ consent: consent() }).consent.deny()
analytics satisfies AnalyticsInstance
Analytics().consent?.grant()

// @ts-expect-error nobody passed option `consent`
Analytics({ app: 'site' }).consent.grant()
// @ts-expect-error nor here
Analytics<{ 'Order Completed': { total: number } }>().consent.grant()

// @ts-expect-error its options go to consent()
Analytics({ consent: { required: true } })
// @ts-expect-error it is called
Analytics({ consent })
// @ts-expect-error hold or drop
consent({ onPending: 'wait' })
