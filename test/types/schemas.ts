// Compiled by the type check, never run: each @ts-expect-error fails the check when the line below it is accepted.
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import Analytics, { type AnyEvents, init } from '../../src/browser'
import { schemas } from '../../src/schemas'

const total = { total: 49, currency: 'EUR' }

// Without a map of events the schemas are the map.
const fromValibot = Analytics({
  schemas: schemas({ 'Order Completed': v.object({ total: v.number(), currency: v.string() }) }),
})
void fromValibot.track('Order Completed', total)
// @ts-expect-error no such event
void fromValibot.track('Order Complete', total)
// @ts-expect-error a total is a number
void fromValibot.track('Order Completed', { total: '49', currency: 'EUR' })
// @ts-expect-error the properties are missing
void fromValibot.track('Order Completed')

const fromZod = init({
  schemas: schemas({ 'Order Completed': z.object({ total: z.number(), currency: z.string() }) }),
})
void fromZod.track('Order Completed', total)
// @ts-expect-error the currency is missing
void fromZod.track('Order Completed', { total: 49 })

const fromArktype = Analytics({
  schemas: schemas({ 'Order Completed': type({ total: 'number', currency: 'string' }) }),
})
void fromArktype.track('Order Completed', total)
// @ts-expect-error a total is a number
void fromArktype.track('Order Completed', { total: '49', currency: 'EUR' })

// Events are sent as given, so it is the input of a schema that counts.
const transforming = Analytics({
  schemas: schemas({
    Rated: v.object({ stars: v.pipe(v.string(), v.transform(Number)) }),
    Seen: z.object({ of: z.string().optional() }),
  }),
})
void transforming.track('Rated', { stars: '5' })
void transforming.track('Seen')
// @ts-expect-error the input is a text
void transforming.track('Rated', { stars: 5 })

// With a map of events, schemas for some of them.
const mapped = Analytics<{ Rated: { stars: number }; Seen: { of?: string } }>({
  schemas: schemas({ Rated: v.object({ stars: v.number() }) }),
})
void mapped.track('Seen', { of: 'all' })
Analytics<{ Rated: { stars: number } }>({
  // @ts-expect-error the schema does not take what the map says
  schemas: schemas({ Rated: v.object({ stars: v.string() }) }),
})

// Schemas for some events, and any other event as well.
void Analytics<AnyEvents>({ schemas: schemas({ Rated: v.object({ stars: v.number() }) }) }).track('anything')

// @ts-expect-error not a Standard Schema
schemas({ Rated: { type: 'object' } })
// @ts-expect-error not one of the three
schemas({}, { onInvalid: 'dorp' })
// @ts-expect-error schemas() is an import of its own
Analytics({ schemas: { Rated: v.object({ stars: v.number() }) } })
