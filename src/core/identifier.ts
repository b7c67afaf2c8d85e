/**
 * Anything may have written a cookie, so an id is at most 200 characters and has none that could break out of
 * a header, a cookie or markup: no control characters, lone surrogates, quotes, angle brackets, `\` or `;`.
 */
const valid = /^[^\p{Cc}\p{Cs}<>"\\;]{1,200}$/u

/** The id as text, numbers included; null where it is none. */
export const toIdentifier = (value: unknown): string | null => {
  const text = typeof value === 'number' ? `${value}` : value
  return typeof text === 'string' && valid.test(text) ? text : null
}
