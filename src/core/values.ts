export const isObject = (value: unknown): value is Record<string, unknown> =>
  !!value && typeof value === 'object' && !Array.isArray(value)

export const isFunction = (value: unknown): value is (...args: never[]) => unknown => typeof value === 'function'

export const toObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

/** The value itself, or what is at a path such as `traits.company.name` in it. */
export const atPath = (value: unknown, path?: string): unknown =>
  path
    ? path.split('.').reduce((parent: unknown, key) => (parent as Record<string, unknown> | undefined)?.[key], value)
    : value
