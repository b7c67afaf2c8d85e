import type { Client } from './client'
import { refuse } from './handover'
import type { SchemasSetup } from './options'
import type { Payload, PayloadMeta } from './payload'
import { isObject } from './values'

/** Standard Schema, version 1: the form in which valibot, zod, arktype and others offer their schemas. */
export interface StandardSchema<Input = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    validate(value: unknown): SchemaResult | Promise<SchemaResult>
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined
  }
}

export interface SchemaResult {
  readonly issues?: readonly SchemaIssue[] | undefined
}

/** What is wrong, and where. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What becomes of an event whose properties its schema refuses. */
export type OnInvalid = 'warn' | 'drop' | 'throw'

/** With what `track` rejects under `onInvalid: 'throw'`, and what `on('error')` is told otherwise. */
export interface InvalidEventError extends Error {
  issues: readonly SchemaIssue[]
}

/** By name of the event; properties are the schema's input, since they are sent as given. */
export type SchemasOf<Events> = { readonly [Name in keyof Events]?: StandardSchema<Events[Name]> }

export interface SchemasOptions {
  /** An event that its schema refuses is sent and reported, reported and counted as dropped, or rejects. @default 'warn' */
  onInvalid?: OnInvalid
}

const outcomes = 'warn|drop|throw'

/** Checks the properties of `track` when it is called, by the name of the event. Throws on misuse, naming the option. */
export const schemas = <Events>(
  list: SchemasOf<Events>,
  { onInvalid = 'warn' }: SchemasOptions = {},
): SchemasSetup<Events> => {
  if (!isObject(list)) throw new Error('[firsthand] schemas: expected an object')
  if (!outcomes.split('|').includes(onInvalid)) throw new Error(`[firsthand] onInvalid: expected ${outcomes}`)
  return { validate: (...call) => validate(list, onInvalid, ...call) }
}

/** Holds an event against its schema. One that throws or takes its time is reported, and has nothing against it. */
const validate = (
  list: Record<string, StandardSchema | undefined>,
  onInvalid: OnInvalid,
  client: Client,
  payload: Payload,
  meta: PayloadMeta,
): void => {
  const { event, properties } = payload
  const find = () => {
    const result = list[event as string]?.['~standard'].validate(properties)
    if (result instanceof Promise) throw new Error(`${event}: asynchronous schema`)
    const issues = result?.issues
    if (!issues) return
    const texts = issues.map(({ message, path }) => [path?.map(keyOf), message].join(' '))
    const problem = Object.assign(new Error(`${event}: ${texts}`), { issues })
    if (onInvalid === 'throw') return problem
    if (onInvalid === 'drop') refuse(client, payload, meta)
    throw problem
  }
  const rejection = client.guard(find, 'schemas') as InvalidEventError | undefined
  if (rejection?.issues) throw rejection
}

const keyOf = (part: unknown): unknown => (part as { key?: PropertyKey }).key ?? part
