import * as v from 'valibot'
import { parsePattern } from '../origin-list'

const maxOrigins = 100
const dayMs = 86_400_000
/** Whoever has not changed a key in this time will not do so in twice the time. */
const maxGraceMs = 90 * dayMs

const id = v.pipe(
  v.string('must be text'),
  v.regex(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    'must have 1 to 64 letters, digits, dots, dashes and underscores, no sign first',
  ),
)

const origin = v.pipe(
  v.string('must be text'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      const { scheme, host } = parsePattern(dataset.value)
      return `${scheme}//${host}`
    } catch (error) {
      addIssue({ message: (error as Error).message })
      return NEVER
    }
  }),
)

const origins = v.pipe(
  v.array(origin, 'must be a list of origins such as https://example.com'),
  v.maxLength(maxOrigins, `must have at most ${maxOrigins} entries`),
  v.transform((list) => [...new Set(list)]),
)

const monthlyQuota = v.nullable(
  v.pipe(
    v.number('must be a number or null'),
    v.safeInteger('must be a whole number'),
    v.minValue(0, 'must be 0 or more'),
  ),
)

const allowNoOrigin = v.boolean('must be true or false')

const kind = v.picklist(['public', 'secret'], 'must be public or secret')

const graceMs = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must be 0 or more'),
  v.maxValue(maxGraceMs, `must be at most ${maxGraceMs}`),
)

/** What the admin API and the command line take; what is not named here is refused. */
export const newProjectSchema = v.strictObject({
  id,
  origins: v.optional(origins, []),
  allowNoOrigin: v.optional(allowNoOrigin, false),
  monthlyQuota: v.optional(monthlyQuota, null),
})

export const projectChangeSchema = v.strictObject({
  origins: v.optional(origins),
  allowNoOrigin: v.optional(allowNoOrigin),
  monthlyQuota: v.optional(monthlyQuota),
})

export const rotationSchema = v.strictObject({ kind, graceMs: v.optional(graceMs, 0) })

export const revocationSchema = v.strictObject({ kind: v.optional(kind) })

export type NewProject = v.InferInput<typeof newProjectSchema>
export type ProjectChange = v.InferInput<typeof projectChangeSchema>
export type Rotation = v.InferInput<typeof rotationSchema>
export type Revocation = v.InferInput<typeof revocationSchema>
