import { describe, expect, it, vi } from 'vitest'
import { Analytics } from '../../src/browser/index'

const globals = globalThis as Record<string, unknown>

describe('the script tag', () => {
  it('offers firsthand, and _analytics unless it is taken', async () => {
    await import('../../src/browser/script')
    const api = globals.firsthand as Record<string, unknown>
    expect(Object.keys(api).sort()).toEqual(['Analytics', 'CONSTANTS', 'EVENTS', 'collector', 'init'])
    expect(api.init).toBe(Analytics)
    expect(globals._analytics).toBe(api)
    expect(globals.analytics).toBeUndefined()

    vi.resetModules()
    globals._analytics = 'theirs'
    await import('../../src/browser/script')
    expect(globals._analytics).toBe('theirs')
  })
})
