import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { MetricFamily } from '../metrics/prometheus'

export interface ProcessFigures {
  /** What `/metrics` tells of the process, under the names that dashboards for Node know. */
  read(): MetricFamily[]
  stop(): void
}

const resolutionMs = 20

export function createProcessFigures(): ProcessFigures {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  return {
    read() {
      const families = [...delayFamilies(delay), ...processFamilies()]
      // Each scrape tells of the time since the one before.
      delay.reset()
      return families
    },
    stop: () => void delay.disable(),
  }
}

/**
 * What is measured, in nanoseconds, is the time from one tick of a timer to the next: its interval belongs to no delay.
 * It is not a number before the first tick.
 */
export function delayFamilies(delay: Pick<IntervalHistogram, 'mean' | 'percentile' | 'max' | 'count'>): MetricFamily[] {
  const figures = { mean: delay.mean, p50: delay.percentile(50), p99: delay.percentile(99), max: delay.max }
  const help = 'Delay of the event loop since the last scrape.'
  return Object.entries(figures)
    .filter(([, value]) => Number.isFinite(value) && delay.count > 0)
    .map(([name, value]) =>
      gauge(
        `nodejs_eventloop_lag_${name === 'mean' ? '' : `${name}_`}seconds`,
        help,
        Math.max(0, value / 1e9 - resolutionMs / 1_000),
      ),
    )
}

function processFamilies(): MetricFamily[] {
  const { user, system } = process.cpuUsage()
  return [
    gauge('process_resident_memory_bytes', 'Memory of the process.', process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'When the process started, since 1970.', Date.now() / 1_000 - process.uptime()),
    { ...gauge('process_cpu_seconds_total', 'Time of the processor.', (user + system) / 1e6), type: 'counter' },
  ]
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ value }] }
}
