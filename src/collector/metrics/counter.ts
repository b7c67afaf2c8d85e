import { keyOf } from './label-key'
import type { Labels, MetricFamily } from './prometheus'

/** A number for each set of labels, which only goes up. */
export interface Counter {
  add(labels: Labels, count: number): void
  family(): MetricFamily
}

export function createCounter(name: string, help: string): Counter {
  const samples = new Map<string, { labels: Labels; value: number }>()
  return {
    add(labels, count) {
      const key = keyOf(labels)
      const sample = samples.get(key)
      if (sample) sample.value += count
      else samples.set(key, { labels, value: count })
    },
    family: () => ({ name, help, type: 'counter', samples: [...samples.values()] }),
  }
}
