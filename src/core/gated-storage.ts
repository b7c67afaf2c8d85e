import { CLICKS_KEY } from './constants'
import type { KeyValueStorage, StorageOptions } from './platform'
import { toObject } from './values'

export interface GatedStorage extends KeyValueStorage {
  /** Writes down what memory has and storage lacks. */
  writeOut(): void
}

/** Storage that is memory for as long as nothing may be kept: then the other is neither read nor written. */
export const createGatedStorage = (storage: KeyValueStorage, isOpen: () => boolean): GatedStorage => {
  const memory = new Map<string, [value: unknown, place?: StorageOptions]>()
  return {
    getItem: (key, place) => (isOpen() ? storage.getItem(key, place) : memory.get(key)?.[0]),
    setItem(key, value, place) {
      if (isOpen()) storage.setItem(key, value, place)
      else memory.set(key, [value, place])
    },
    removeItem(key, place) {
      if (isOpen()) storage.removeItem(key, place)
      else memory.delete(key)
    },
    writeOut() {
      for (const [key, [value, place]] of memory) {
        const stored = storage.getItem(key)
        // Clicks of this page are added to those of earlier ones.
        if (key === CLICKS_KEY) storage.setItem(key, { ...toObject(stored), ...toObject(value) }, place)
        else if (stored == null) storage.setItem(key, value, place)
      }
      memory.clear()
    },
  }
}
