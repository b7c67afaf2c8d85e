import { describe, expect, it } from 'vitest'
import { createQuotas } from '../../../src/collector/limits/quotas'
import type { Project } from '../../../src/collector/project-directory'
import type { UsageQuery } from '../../../src/collector'

const project = (monthlyQuota: number | null, id = 'shop') => ({ id, monthlyQuota }) as Project
const noon = Date.parse('2026-11-20T12:00:00.000Z')

/** A store in which others store events too. */
function create(stored = 0) {
  const world = { nowMs: noon, stored, reads: 0, broken: false, wait: Promise.resolve() }
  const usage = async ({ project: id = '', since = '' }: UsageQuery) => {
    world.reads++
    await world.wait
    if (world.broken) throw new Error('gone')
    const rest = { duplicates: 7, rejected: 7, gaps: 7 }
    return world.stored > 0 ? [{ project: id, period: since.slice(0, 7), stored: world.stored, ...rest }] : []
  }
  const quotas = createQuotas({ store: { usage }, now: () => world.nowMs })
  /** Stores events as the collector does; the problem where they are refused. */
  const take = async (quota: number | null, offered: number, kept = offered, id?: string) => {
    try {
      const reservation = await quotas.reserve(project(quota, id), offered)
      world.stored += kept
      reservation.settle(kept)
      return reservation.fields()
    } catch (error) {
      return error as { status: number; code: string; headers: Record<string, string> }
    }
  }
  return { world, quotas, take }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('createQuotas', () => {
  it('takes events until the quota is used up, and the whole request that crosses it', async () => {
    const { take } = create()
    expect(await take(5, 3)).toEqual({ 'RateLimit-Policy': '"month";q=5;w=2592000', RateLimit: '"month";r=2;t=907200' })
    expect(await take(5, 4)).toMatchObject({ RateLimit: '"month";r=0;t=907200' })
    expect(await take(5, 1)).toMatchObject({ status: 429, code: 'quota-exceeded' })
  })

  it('counts what was stored, not what came again or was rejected', async () => {
    const { take } = create()
    for (let count = 0; count < 10; count++) await take(5, 50, 0)
    expect(await take(5, 1)).toMatchObject({ RateLimit: '"month";r=4;t=907200' })
  })

  it('asks to come again in an hour, or when the month is over', async () => {
    const { world, take } = create(5)
    expect(await take(5, 1)).toMatchObject({ headers: { 'Retry-After': '3600', RateLimit: '"month";r=0;t=907200' } })
    world.nowMs = Date.parse('2026-11-30T23:59:30.500Z')
    expect(await take(5, 1)).toMatchObject({ headers: { 'Retry-After': '30' } })
  })

  it('begins anew with the month', async () => {
    const { world, take } = create(5)
    world.nowMs = Date.parse('2026-11-30T23:59:59.999Z')
    expect(await take(5, 1)).toMatchObject({ status: 429 })
    world.nowMs += 1
    world.stored = 0
    expect(await take(5, 1)).toEqual({
      'RateLimit-Policy': '"month";q=5;w=2678400',
      RateLimit: '"month";r=4;t=2678400',
    })
  })

  it('starts from the store, so that a restart forgets nothing', async () => {
    const { take } = create(4)
    expect(await take(5, 1)).toMatchObject({ RateLimit: '"month";r=0;t=907200' })
    expect(await take(5, 1)).toMatchObject({ status: 429 })
  })

  it('reads the store once for all requests that come first at the same time', async () => {
    const { world, take } = create(2)
    await Promise.all([take(100, 1), take(100, 1), take(100, 1)])
    expect(world.reads).toBe(1)
    expect(await take(100, 1)).toMatchObject({ RateLimit: expect.stringContaining('r=94;') })
  })

  it('lets requests under way cross the quota once, not each of them', async () => {
    const { quotas } = create()
    const first = await quotas.reserve(project(5), 10)
    const second = await quotas.reserve(project(5), 10).catch((error) => error)
    // They may be repeats, and then there is room: a moment later is soon enough.
    expect(second).toMatchObject({ status: 429, headers: { 'Retry-After': '1' } })
    first.settle(0)
    expect((await quotas.reserve(project(5), 1)).fields().RateLimit).toContain('r=4;')
  })

  it('sees what other collectors have stored after 5 s, behind the answer', async () => {
    const { world, take } = create()
    await take(10, 1)
    world.stored += 9
    world.nowMs += 4_999
    expect(await take(10, 1, 0)).toMatchObject({ RateLimit: expect.stringContaining('r=9;') })
    world.nowMs += 1
    await take(10, 1, 0)
    await settled()
    expect(await take(10, 1)).toMatchObject({ status: 429 })
  })

  it('counts nothing twice where the store is read while requests are under way', async () => {
    const { world, quotas, take } = create()
    await take(1_000, 1)
    for (let round = 0; round < 50; round++) {
      const reservation = await quotas.reserve(project(1_000), 10)
      // Stored, read by the other request, and only then settled.
      world.stored += 10
      world.nowMs += 5_000
      await take(1_000, 1)
      await settled()
      reservation.settle(10)
      await settled()
    }
    expect(world.stored).toBe(551)
    expect(await take(1_000, 1)).toMatchObject({ RateLimit: expect.stringContaining(`r=${1_000 - 552};`) })
  })

  it('answers 503 where the store cannot say, and asks it again', async () => {
    const { world, take } = create()
    world.broken = true
    expect(await take(5, 1)).toMatchObject({ status: 503 })
    world.broken = false
    expect(await take(5, 1)).toMatchObject({ RateLimit: expect.stringContaining('r=4;') })
    world.broken = true
    world.nowMs += 5_000
    await take(5, 1)
    await settled()
    expect(await take(5, 1)).toMatchObject({ RateLimit: expect.stringContaining('r=2;') })
  })

  it('counts projects apart, and asks nobody where there is no quota', async () => {
    const { world, take } = create()
    expect(await take(null, 1_000)).toEqual({})
    expect(world.reads).toBe(0)
    world.stored = 0
    await take(5, 5, 5, 'blog')
    world.stored = 0
    expect(await take(5, 1, 1, 'shop')).toMatchObject({ RateLimit: expect.stringContaining('r=4;') })
    expect(await take(5, 1, 1, 'blog')).toMatchObject({ status: 429 })
    expect(await take(0, 1, 1, 'none')).toMatchObject({ status: 429 })
  })

  it('heeds a quota that was raised', async () => {
    const { take } = create(5)
    expect(await take(5, 1)).toMatchObject({ status: 429 })
    expect(await take(6, 1)).toMatchObject({ RateLimit: expect.stringContaining('r=0;') })
  })
})
