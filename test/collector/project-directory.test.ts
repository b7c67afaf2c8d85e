import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { createProjectDirectory } from '../../src/collector/project-directory'
import type { StoredKey, StoredProject } from '../../src/collector'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const publicKey = (value: string, expiresAt: string | null = null): StoredKey => ({ kind: 'public', value, expiresAt })
const secretKey = (key: string, expiresAt: string | null = null): StoredKey => ({
  ...{ kind: 'secret', value: hash(key), expiresAt },
})

const stored = (id: string, keys: StoredKey[], more: Partial<StoredProject> = {}): StoredProject => ({
  ...{ id, origins: [`https://${id}.example`], allowNoOrigin: false, monthlyQuota: null, keys },
  ...{ createdAt: '2026-11-01T00:00:00.000Z', changedAt: '2026-11-01T00:00:00.000Z', ...more },
})

const fixed = [
  { id: 'shop', key: 'pk_shop', secretKey: 'sk_shop_0123456789', origins: ['https://shop.example'], monthlyQuota: 5 },
]

function create(rows: StoredProject[] = [], nowMs = Date.parse('2026-11-20T00:00:00.000Z')) {
  const world = { rows, nowMs, reads: 0, broken: false }
  const store = {
    projects: async () => {
      world.reads++
      if (world.broken) throw new Error('disk gone')
      return world.rows
    },
  }
  return { world, store, directory: createProjectDirectory({ fixed, store, now: () => world.nowMs }) }
}

describe('a project of the options', () => {
  it('is found by its keys, without the store', async () => {
    const { directory, world } = create()
    expect(await directory.find('pk_shop')).toMatchObject({
      project: { id: 'shop', monthlyQuota: 5 },
      keyKind: 'public',
    })
    expect(await directory.find('sk_shop_0123456789')).toMatchObject({ project: { id: 'shop' }, keyKind: 'secret' })
    expect(await directory.acceptsOrigin('https://shop.example')).toBe(true)
    expect(world.reads).toBe(0)
  })

  it('is not found by the digest of its secret key', async () => {
    const { directory } = create()
    expect(await directory.find(hash('sk_shop_0123456789'))).toBeNull()
  })

  it('counts where the store has its id or one of its keys', async () => {
    const { directory } = create([
      stored('shop', [publicKey('pk_other')]),
      stored('thief', [publicKey('pk_shop'), publicKey('pk_thief')]),
    ])
    expect(await directory.find('pk_other')).toBeNull()
    expect((await directory.find('pk_shop'))?.project.id).toBe('shop')
    expect((await directory.find('pk_thief'))?.project.id).toBe('thief')
  })
})

describe('a project of the store', () => {
  it('is found by its keys, and not by what is kept of a secret one', async () => {
    const { directory } = create([stored('blog', [publicKey('pk_blog'), secretKey('sk_blog')])])
    expect(await directory.find('pk_blog')).toMatchObject({ project: { id: 'blog' }, keyKind: 'public' })
    expect(await directory.find('sk_blog')).toMatchObject({ project: { id: 'blog' }, keyKind: 'secret' })
    expect(await directory.find(hash('sk_blog'))).toBeNull()
    expect(await directory.acceptsOrigin('https://blog.example')).toBe(true)
    expect(await directory.acceptsOrigin('https://evil.example')).toBe(false)
  })

  it('has keys until they end, to the millisecond', async () => {
    const end = '2026-11-20T12:00:00.000Z'
    const { directory, world } = create([stored('blog', [publicKey('pk', end), secretKey('sk', end)])])
    world.nowMs = Date.parse(end) - 1
    expect([await directory.find('pk'), await directory.find('sk')]).not.toContain(null)
    world.nowMs = Date.parse(end)
    expect([await directory.find('pk'), await directory.find('sk')]).toEqual([null, null])
  })

  it('lets nobody in by what is broken in its row', async () => {
    const { directory } = create([
      stored('blog', [publicKey('pk_a', 'soon'), publicKey('pk_b')], { origins: ['*', 'https://ok.example'] }),
    ])
    expect(await directory.find('pk_a')).toBeNull()
    const owner = await directory.find('pk_b')
    expect(owner?.project.origins.hasOrigin('https://ok.example')).toBe(true)
    expect(owner?.project.origins.hasOrigin('*')).toBe(false)
  })
})

describe('what changes in the store', () => {
  /** The directory keeps what it has read by a clock that never goes back. */
  const clock = () => {
    const now = vi.spyOn(performance, 'now')
    let ms = 0
    now.mockImplementation(() => ms)
    return { pass: (by: number) => void (ms += by), restore: () => now.mockRestore() }
  }

  it('is seen at once by whoever changed it', async () => {
    const { directory, world } = create()
    expect(await directory.find('pk_new')).toBeNull()
    world.rows = [stored('blog', [publicKey('pk_new')])]
    directory.refresh()
    expect(await directory.find('pk_new')).not.toBeNull()
  })

  it('by others: a new key works after a moment, a key that was taken away never after five', async () => {
    const { pass, restore } = clock()
    const { directory, world } = create([stored('blog', [publicKey('pk_old')])])
    expect(await directory.find('pk_old')).not.toBeNull()
    world.rows = [stored('blog', [publicKey('pk_new')])]
    pass(251)
    expect(await directory.find('pk_new')).not.toBeNull()
    expect(await directory.find('pk_old')).toBeNull()

    world.rows = []
    // Nobody asked in between, so nothing was read again.
    pass(5_001)
    expect(await directory.find('pk_new')).toBeNull()
    restore()
  })

  it('has the store asked four times a second at most, whatever keys and origins are made up', async () => {
    const { pass, restore } = clock()
    const { directory, world } = create()
    for (let count = 0; count < 100; count++) {
      expect(await directory.find(`pk_${count}`)).toBeNull()
      expect(await directory.acceptsOrigin(`https://${count}.example`)).toBe(false)
      pass(99)
    }
    expect(world.reads).toBeLessThanOrEqual(41)
    restore()
  })
})

describe('a store that cannot be read', () => {
  it('is no reason to say that a key is wrong: clients would drop their events', async () => {
    const { directory, world } = create()
    world.broken = true
    await expect(directory.find('pk_blog')).rejects.toMatchObject({ status: 503, code: 'store-unavailable' })
    await expect(directory.acceptsOrigin('https://blog.example')).rejects.toMatchObject({ status: 503 })
    expect(await directory.find('pk_shop')).not.toBeNull()
    world.broken = false
    expect(await directory.find('pk_blog')).toBeNull()
  })
})
