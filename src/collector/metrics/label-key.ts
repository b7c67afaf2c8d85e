import type { Labels } from './prometheus'

/** Labels of one metric always come in the same order, so their values name the series. */
export function keyOf(labels: Labels): string {
  return Object.values(labels).join('\0')
}
