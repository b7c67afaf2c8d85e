// Compiled by the type check, never run: each @ts-expect-error fails the check when the line below it is accepted.
import Analytics, { type AnalyticsInstance, init } from '../../src/browser'

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
