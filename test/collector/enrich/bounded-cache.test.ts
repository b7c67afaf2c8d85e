import { expect, it } from 'vitest'
import { createBoundedCache } from '../../../src/collector/enrich/bounded-cache'

it('createBoundedCache keeps the entries that were asked for last', () => {
  const cache = createBoundedCache<number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  expect(cache.get('a')).toBe(1)
  cache.set('c', 3)
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  cache.set('a', 4)
  cache.set('d', 5)
  expect([cache.get('a'), cache.get('c')]).toEqual([4, undefined])
})
