import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/core/client'
import { createListeners } from '../../src/core/listeners'
import type { Payload } from '../../src/core/payload'
import { createFakePlatform } from '../helpers/fake-platform'

const payload = (type: string) => ({ type }) as Payload

describe('listeners', () => {
  it('hear in the order in which they came, by name or everything', () => {
    const { on, emit } = createListeners()
    const heard: string[] = []
    on('*', ({ type }) => void heard.push(`star ${type}`))
    on('track', ({ type }) => void heard.push(`name ${type}`))
    emit(payload('track'))
    emit(payload('page'), 'all', 'page:one')
    emit(payload('track'), 'named')
    emit(payload('track'), 'none')
    expect(heard).toEqual(['star track', 'name track', 'star page:one', 'name track'])
  })

  it('may detach and attach while an event is told', () => {
    const { on, emit, hears } = createListeners()
    const heard: number[] = []
    const detach = on('track', () => {
      detach()
      on('track', () => void heard.push(3))
      heard.push(1)
    })
    on('track', () => void heard.push(2))
    emit(payload('track'))
    expect(heard).toEqual([1, 2])
    emit(payload('track'))
    expect(heard).toEqual([1, 2, 2, 3])
    expect([hears('track'), hears('page')]).toEqual([true, false])
  })

  it('cannot abort', async () => {
    const platform = createFakePlatform()
    const analytics = createClient({}, platform)
    analytics.on('trackStart', ({ abort }) => abort())
    await analytics.track('x')
    expect(platform.warnings[0]).toContain('listeners cannot abort')
  })

  it('are refused without a name or function', () => {
    const analytics = createClient({}, createFakePlatform())
    for (const add of [analytics.on, analytics.once]) {
      expect(add('', () => {})).toBe(false)
      expect(add('track', undefined as never)).toBe(false)
    }
    expect(analytics.ready(undefined as never)).toBe(false)
  })
})
