import { expect } from 'vitest'
import { type Case, plain } from './case'
import type { Comparison } from './run-case'

/** Theirs is what the contract says, and ours is theirs, or what the row of the table makes of it. */
export function expectCase(each: Case, { analytics, firsthand }: Comparison): void {
  if ('gives' in each) expect(analytics, 'analytics').toEqual(plain(each.gives))
  if (!each.differs) return expect(firsthand, 'firsthand, as analytics').toEqual(analytics)
  expect(firsthand, `a difference that is none: ${each.differs}`).not.toEqual(analytics)
  const ours = typeof each.ours === 'function' ? each.ours(analytics) : each.ours
  expect(firsthand, `firsthand, by the row ${each.differs}`).toEqual(plain(ours))
}
