import { keyOf } from './label-key'
import type { Labels, MetricFamily, Sample } from './prometheus'

/** How often values were at most each bound. */
export interface Histogram {
  observe(labels: Labels, value: number): void
  family(): MetricFamily
}

interface Series {
  labels: Labels
  /** Values up to each bound, and beyond the last one. */
  counts: number[]
  sum: number
}

export function createHistogram(name: string, help: string, bounds: readonly number[]): Histogram {
  const all = new Map<string, Series>()
  return {
    observe(labels, value) {
      const key = keyOf(labels)
      let series = all.get(key)
      if (!series) {
        series = { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }
        all.set(key, series)
      }
      const place = bounds.findIndex((bound) => value <= bound)
      const at = place < 0 ? bounds.length : place
      series.counts[at] = (series.counts[at] ?? 0) + 1
      series.sum += value
    },
    family: () => ({
      name,
      help,
      type: 'histogram',
      samples: [...all.values()].flatMap((series) => samplesOf(series, bounds)),
    }),
  }
}

function samplesOf({ labels, counts, sum }: Series, bounds: readonly number[]): Sample[] {
  let below = 0
  const buckets = counts.map((count, index): Sample => {
    below += count
    const bound = bounds[index]
    return { suffix: '_bucket', labels: { ...labels, le: bound === undefined ? '+Inf' : String(bound) }, value: below }
  })
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: below }]
}
