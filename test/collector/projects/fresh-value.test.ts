import { describe, expect, it } from 'vitest'
import { createFreshValue } from '../../../src/collector/projects/fresh-value'

/** Loads count up; each waits until it is let through. */
function create() {
  const clock = { ms: 0 }
  const loads: { resolve(): void; reject(): void }[] = []
  const fresh = createFreshValue({
    now: () => clock.ms,
    load: () =>
      new Promise<number>((resolve, reject) => {
        const number = loads.length + 1
        loads.push({ resolve: () => resolve(number), reject: () => reject(new Error('gone')) })
      }),
  })
  return { clock, loads, fresh }
}

const ages = { maxAgeMs: 5_000, refreshAgeMs: 1_000 }
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('createFreshValue', () => {
  it('loads once for all who ask at the same time, and keeps what it got', async () => {
    const { loads, fresh } = create()
    const asked = [fresh.get(ages), fresh.get(ages)]
    loads[0]?.resolve()
    expect(await Promise.all(asked)).toEqual([1, 1])
    expect(await fresh.get(ages)).toBe(1)
    expect(loads).toHaveLength(1)
  })

  it('answers with what it has while it loads a younger one', async () => {
    const { clock, loads, fresh } = create()
    const first = fresh.get(ages)
    loads[0]?.resolve()
    await first
    clock.ms = 1_001
    expect(await fresh.get(ages)).toBe(1)
    expect(await fresh.get(ages)).toBe(1)
    expect(loads).toHaveLength(2)
    loads[1]?.resolve()
    await settled()
    expect(await fresh.get(ages)).toBe(2)
  })

  it('waits where the value is too old, counted from the start of its load', async () => {
    const { clock, loads, fresh } = create()
    const first = fresh.get(ages)
    clock.ms = 4_000
    loads[0]?.resolve()
    await first
    clock.ms = 5_001
    const late = fresh.get(ages)
    loads[1]?.resolve()
    expect(await late).toBe(2)
  })

  it('rejects where a value that is too old cannot be loaded, tries again, and lives with what is young enough', async () => {
    const { clock, loads, fresh } = create()
    const first = fresh.get(ages)
    loads[0]?.reject()
    await expect(first).rejects.toThrow('gone')
    const second = fresh.get(ages)
    loads[1]?.resolve()
    expect(await second).toBe(2)
    clock.ms = 2_000
    expect(await fresh.get(ages)).toBe(2)
    loads[2]?.reject()
    await settled()
    expect(await fresh.get(ages)).toBe(2)
    clock.ms = 6_000
    const late = fresh.get(ages)
    loads[3]?.reject()
    await expect(late).rejects.toThrow('gone')
  })

  it('gives nobody what was loaded before it was told to forget, also where that comes later', async () => {
    const { loads, fresh } = create()
    const before = fresh.get(ages)
    fresh.forget()
    const after = fresh.get(ages)
    loads[1]?.resolve()
    expect(await after).toBe(2)
    loads[0]?.resolve()
    expect(await before).toBe(1)
    expect(await fresh.get(ages)).toBe(2)
  })
})
