import type { KeyValueStorage } from './platform'

export const createMemoryStorage = (): KeyValueStorage => {
  const items = new Map<string, unknown>()
  return {
    getItem: (key) => items.get(key),
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}
