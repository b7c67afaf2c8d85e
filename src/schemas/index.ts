export { schemas } from '../core/schemas'
export type {
  InvalidEventError,
  OnInvalid,
  SchemaIssue,
  SchemaResult,
  SchemasOf,
  SchemasOptions,
  StandardSchema,
} from '../core/schemas'
export type { SchemasSetup } from '../core/options'
