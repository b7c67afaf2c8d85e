/**
 * Text that visitors wrote, for a terminal: control characters could move its cursor, hide what follows or type into
 * it, and those that turn the direction of writing could make one line look like another.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, (char) => (char === '\u200d' ? char : '\ufffd'))
}
