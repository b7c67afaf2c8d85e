import { describe, expect, it } from 'vitest'
import { createTurns } from '../../../src/collector/limits/turns'

/** Work that is done, or fails, when it is told to. */
function createWork() {
  const started: string[] = []
  const ends = new Map<string, { resolve(value: string): void; reject(error: Error): void }>()
  const work = (name: string) => () => {
    started.push(name)
    return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }))
  }
  return {
    started,
    work,
    end: (name: string) => ends.get(name)!.resolve(name),
    fail: (name: string) => ends.get(name)!.reject(new Error(name)),
  }
}

describe('turns', () => {
  it('are given to so many at once, then in the order of coming, then to nobody', async () => {
    const { started, work, end } = createWork()
    const turns = createTurns({ maxRunning: 2, maxWaiting: 2 })
    const all = ['a', 'b', 'c', 'd'].map((name) => turns(work(name)))
    expect(turns(work('e'))).toBeNull()
    expect(started).toEqual(['a', 'b'])
    end('b')
    expect(await all[1]).toBe('b')
    await expect.poll(() => started).toEqual(['a', 'b', 'c'])
    const late = turns(work('f'))
    end('c')
    await all[2]
    await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd'])
    for (const name of ['a', 'd']) end(name)
    await expect.poll(() => started.at(-1)).toBe('f')
    end('f')
    expect(await Promise.all([all[0], all[3], late])).toEqual(['a', 'd', 'f'])
  })

  it('are handed on by work that fails', async () => {
    const { started, work, end, fail } = createWork()
    const turns = createTurns({ maxRunning: 1, maxWaiting: 1 })
    const [first, second] = [turns(work('a')), turns(work('b'))]
    fail('a')
    await expect(first).rejects.toThrow('a')
    await expect.poll(() => started).toEqual(['a', 'b'])
    end('b')
    expect(await second).toBe('b')
    expect(turns(work('c'))).not.toBeNull()
    expect(started).toEqual(['a', 'b', 'c'])
    end('c')
  })
})
