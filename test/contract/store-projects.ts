import { describe, expect, it } from 'vitest'
import type { Store, StoredProject } from '../../src/collector/store'

/** Projects that are added at run time. */
export function testStoreProjects(access: () => { store: Store; reopen(): Promise<Store> }): void {
  describe('projects', () => {
    const project: StoredProject = {
      id: 'shop',
      origins: ['https://shop.example', 'https://*.shop.example'],
      allowNoOrigin: true,
      monthlyQuota: 1_000_000,
      keys: [
        { kind: 'public', value: 'pk_shop', expiresAt: null },
        { kind: 'secret', value: 'ab'.repeat(32), expiresAt: '2027-01-01T00:00:00.000Z' },
      ],
      createdAt: '2026-01-01T00:00:00.000Z',
      changedAt: '2026-01-02T00:00:00.000Z',
    }

    it('are given back as they were saved, also after the store was opened again', async () => {
      const { store, reopen } = access()
      expect(await store.projects()).toEqual([])
      const other = { ...project, id: 'app', origins: [], allowNoOrigin: false, monthlyQuota: null, keys: [] }
      await store.saveProject(project)
      await store.saveProject(other)
      expect(await store.projects()).toEqual([other, project])
      expect(await (await reopen()).projects()).toEqual([other, project])
    })

    it('are replaced by what is saved under the same id', async () => {
      const { store } = access()
      await store.saveProject(project)
      const changed = { ...project, keys: [], changedAt: '2026-02-01T00:00:00.000Z' }
      await store.saveProject(changed)
      expect(await store.projects()).toEqual([changed])
    })

    it('are saved only where nobody has changed them meanwhile, where that is asked for', async () => {
      const { store } = access()
      expect(await store.saveProject(project, null)).toBe(true)
      expect(await store.saveProject({ ...project, keys: [] }, null)).toBe(false)
      const first = { ...project, monthlyQuota: 1, changedAt: '2026-02-01T00:00:00.000Z' }
      expect(await store.saveProject(first, project.changedAt)).toBe(true)
      expect(await store.saveProject({ ...first, monthlyQuota: 2 }, project.changedAt)).toBe(false)
      expect(await store.projects()).toEqual([first])
      expect(await store.saveProject(project)).toBe(true)
      expect(await store.projects()).toEqual([project])
    })

    it('are saved by one of many who have read the same', async () => {
      const { store } = access()
      await store.saveProject(project)
      const writers = Array.from({ length: 8 }, (_, number) => ({
        ...{ ...project, monthlyQuota: number, changedAt: `2026-02-01T00:00:00.00${number}Z` },
      }))
      const saved = await Promise.all(writers.map((changed) => store.saveProject(changed, project.changedAt)))
      expect(saved.filter(Boolean)).toHaveLength(1)
      expect((await store.projects())[0]?.monthlyQuota).toBe(saved.indexOf(true))
    })
  })
}
