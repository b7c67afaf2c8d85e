// Compiled by the type check, never run: each @ts-expect-error fails the check when the line below it is accepted.
import Analytics, {
  type AnalyticsInstance,
  type AnalyticsPlugin,
  type DetachListeners,
  init,
  type PageData,
} from '../../src/browser'

interface ShopEvents {
  'Order Completed': { total: number; currency: string }
  'Cart Viewed': { items?: number }
}

const shop = Analytics<ShopEvents>({ app: 'shop' })

void shop.track('Order Completed', { total: 49, currency: 'EUR' })
void shop.track('Order Completed', { total: 49, currency: 'EUR' }, { plugins: { all: false } }, () => {})
void shop.track({ event: 'Order Completed', total: 49, currency: 'EUR' })
void shop.track('Cart Viewed')
void shop.track('Cart Viewed', { items: 2 })
void shop.track('Cart Viewed', ({ payload }) => payload.meta.rid)

// @ts-expect-error no such event
void shop.track('Order Complete', { total: 49, currency: 'EUR' })
// @ts-expect-error the currency is missing
void shop.track('Order Completed', { total: 49 })
// @ts-expect-error the properties are missing
void shop.track('Order Completed')
// @ts-expect-error a total is a number
void shop.track('Order Completed', { total: '49', currency: 'EUR' })
// @ts-expect-error no such property
void shop.track('Cart Viewed', { itemz: 2 })
// @ts-expect-error the currency is missing
void shop.track({ event: 'Order Completed', total: 49 })

// A type works like an interface, and `init` like `Analytics`.
const typed = init<{ Clicked: { label: string } }>()
void typed.track('Clicked', { label: 'Start' })
// @ts-expect-error no such event
void typed.track('clicked', { label: 'Start' })

// Without a map everything is allowed.
const free: AnalyticsInstance = Analytics()
void free.track('anything', { at: 'all' })
void free.track('anything')
void free.track({ event: 'anything', at: 'all' })
// @ts-expect-error a name is a text
void free.track(1)

// The calls beside track.
void shop.group('studio-7', { name: 'Northyard' })
void shop.group(7)
void shop.alias('userid-123')
void shop.alias('userid-123', 'before', { plugins: { all: false } }, () => {})
void shop.screen('Cart', { items: 2 })
void shop.screen('Cart', () => {})
// @ts-expect-error the id is missing
void shop.group()
// @ts-expect-error the id is missing
void shop.alias()
// @ts-expect-error the name is missing
void shop.screen({ items: 2 })

// Options. Keys of one's own are allowed and shown in getState('context').
Analytics({ app: 'shop', tenant: 'acme', sessionTimeoutMs: 60_000, queue: { maxEvents: 10 } })
// @ts-expect-error milliseconds are a number
Analytics({ sessionTimeoutMs: '30 minutes' })
// @ts-expect-error plugins are a list
Analytics({ plugins: { name: 'alone' } })
// @ts-expect-error no such limit
Analytics({ queue: { maxEvnts: 10 } })
// @ts-expect-error a time is a text, a number or a Date
void shop.track('Cart Viewed', {}, { timestamp: true })

// Names that TypeScript projects with `analytics` import.
const plugin: AnalyticsPlugin = { name: 'own', page: ({ payload }) => payload.properties.title }
const seen: PageData = { title: 'Prices', path: '/prices', tenant: 'acme' }
const stop: DetachListeners | false = Analytics({ plugins: [plugin] }).on('page', () => {})
void Analytics().page(seen)
if (stop) stop()
// @ts-expect-error a title is text
void ({ title: 1 } satisfies PageData)
