import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createBrowserStorage } from '../../src/browser/storage'
import { fakeCookies } from './fake-cookies'

/** A storage area whose writes can be counted or refused. */
function fakeArea(name: 'localStorage' | 'sessionStorage', isFull = false) {
  const items = new Map<string, string>()
  const area = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: vi.fn((key: string, value: string) => {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
      items.set(key, value)
    }),
    removeItem: (key: string) => void items.delete(key),
  }
  vi.spyOn(globalThis, name, 'get').mockReturnValue(area as unknown as Storage)
  return { items, area }
}

beforeEach(() => {
  vi.restoreAllMocks()
})

describe('the storage of a page', () => {
  it('keeps ids and session in cookies as plain text, everything else in localStorage as JSON', () => {
    const { values } = fakeCookies()
    const { items } = fakeArea('localStorage')
    const storage = createBrowserStorage('')
    storage.setItem('__anon_id', 'anonymous-1')
    storage.setItem('__fh_session', '1.a.1.b.c')
    storage.setItem('__user_traits', { plan: 'team' })
    expect(Object.fromEntries(values)).toEqual({ '__anon_id@': 'anonymous-1', '__fh_session@': '1.a.1.b.c' })
    expect(Object.fromEntries(items)).toEqual({ __user_traits: '{"plan":"team"}' })
    expect(storage.getItem('__anon_id')).toBe('anonymous-1')
    expect(storage.getItem('__user_traits')).toEqual({ plan: 'team' })
  })

  it.each(['true', '17', 'null', '{', 'text'])('gives the text %j back as text', (text) => {
    fakeCookies()
    fakeArea('localStorage')
    const storage = createBrowserStorage('')
    for (const key of ['__user_id', 'key']) {
      storage.setItem(key, text)
      expect(storage.getItem(key)).toBe(text)
    }
  })

  it('does not write a cookie again whose value is there', () => {
    const { writes } = fakeCookies()
    const storage = createBrowserStorage('')
    for (const value of ['value', 'value', 'other', 'other']) storage.setItem('__anon_id', value)
    expect(writes).toHaveLength(2)
  })

  it('takes the next place where the browser takes no cookie', () => {
    fakeCookies([], true)
    const { items } = fakeArea('localStorage')
    const storage = createBrowserStorage('')
    storage.setItem('__anon_id', 'value')
    expect([storage.getItem('__anon_id'), ...items]).toEqual(['value', ['__anon_id', '"value"']])
  })

  it('takes ids that are in localStorage where there is no cookie, as analytics leaves them', () => {
    fakeCookies()
    fakeArea('localStorage').items.set('__anon_id', '"from-analytics"')
    expect(createBrowserStorage('').getItem('__anon_id')).toBe('from-analytics')
  })

  it('keeps first visit and click ids in cookies as JSON', () => {
    const { values } = fakeCookies()
    fakeArea('localStorage')
    const storage = createBrowserStorage('')
    for (const key of ['__fh_first', '__fh_clicks']) {
      storage.setItem(key, { a: 'ü' })
      expect(JSON.parse(decodeURIComponent(values.get(`${key}@`) as string))).toEqual({ a: 'ü' })
      expect(storage.getItem(key)).toEqual({ a: 'ü' })
    }
  })

  it('reads ids of Segment as the text that stands there, which is no number', () => {
    const { values } = fakeCookies()
    fakeArea('localStorage')
    values.set('ajs_user_id@', '0012345678901234567890')
    expect(createBrowserStorage('').getItem('ajs_user_id')).toBe('0012345678901234567890')
  })

  it('asks no other place who the visitor is where one of the cookies is there', () => {
    for (const present of ['__anon_id', '__user_id', '__fh_session']) {
      const { values } = fakeCookies()
      const { items } = fakeArea('localStorage')
      const storage = createBrowserStorage('')
      for (const key of ['__anon_id', '__user_id', '__fh_session']) items.set(key, '"of-somebody-else"')
      values.set(`${present}@`, 'mine')
      const found = ['__anon_id', '__user_id', '__fh_session'].map((key) => storage.getItem(key))
      expect(found.filter((value) => value !== undefined)).toEqual(['mine'])
      vi.restoreAllMocks()
    }
  })

  it('keeps a copy of an id in another place equal, and makes none', () => {
    fakeCookies()
    const { items } = fakeArea('localStorage')
    const session = fakeArea('sessionStorage')
    const storage = createBrowserStorage('')
    items.set('__anon_id', '"from-analytics"')
    storage.setItem('__anon_id', 'other')
    storage.setItem('__user_id', 'alice')
    expect(Object.fromEntries(items)).toEqual({ __anon_id: '"other"' })
    expect(session.items.size).toBe(0)
  })

  it('takes text of other software as it is', () => {
    fakeCookies()
    fakeArea('localStorage').items.set('theirs', 'no json')
    expect(createBrowserStorage('').getItem('theirs')).toBe('no json')
  })

  it.each([
    ['localStorage where cookies are refused', false, false, 'localStorage'],
    ['sessionStorage where localStorage is full too', true, false, 'sessionStorage'],
    ['memory where nothing else is left', true, true, 'memory'],
  ])('falls back to %s', (_, isLocalFull, isSessionFull, place) => {
    fakeCookies([], true)
    const { items: local } = fakeArea('localStorage', isLocalFull)
    const { items: session } = fakeArea('sessionStorage', isSessionFull)
    const storage = createBrowserStorage('')
    storage.setItem('__anon_id', 'one')
    expect(storage.getItem('__anon_id')).toBe('one')
    expect([local.size && 'localStorage', session.size && 'sessionStorage'].filter(Boolean)).toEqual(
      place === 'memory' ? [] : [place],
    )
    storage.removeItem('__anon_id')
    expect(storage.getItem('__anon_id')).toBeUndefined()
  })

  it('works in memory where the page may not touch storage at all', () => {
    fakeCookies([], true)
    for (const name of ['localStorage', 'sessionStorage'] as const) {
      vi.spyOn(globalThis, name, 'get').mockImplementation(() => {
        throw new DOMException('denied', 'SecurityError')
      })
    }
    const storage = createBrowserStorage('')
    storage.setItem('key', { a: 1 })
    expect(storage.getItem('key')).toEqual({ a: 1 })
    expect(createBrowserStorage('').getItem('key')).toBeUndefined()
  })

  it('does not write what is there', () => {
    fakeCookies()
    const { area } = fakeArea('localStorage')
    const storage = createBrowserStorage('')
    for (const a of [1, 1, 2]) storage.setItem('key', { a })
    expect(area.setItem).toHaveBeenCalledTimes(2)
  })

  it.each(['cookie', 'localStorage', 'sessionStorage', 'global'])('uses the place %s where it is named', (place) => {
    const { values } = fakeCookies()
    const [local, session] = [fakeArea('localStorage'), fakeArea('sessionStorage')]
    const storage = createBrowserStorage('')
    storage.setItem('key', 'value', { storage: place })
    expect(storage.getItem('key', place)).toBe('value')
    const used = { cookie: values.size, localStorage: local.items.size, sessionStorage: session.items.size, global: 0 }
    expect(
      Object.entries(used)
        .filter(([, size]) => size)
        .map(([name]) => name),
    ).toEqual(place === 'global' ? [] : [place])
    storage.removeItem('key', { storage: place })
    expect(storage.getItem('key')).toBeUndefined()
  })
})
