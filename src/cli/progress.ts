import type { TextOutput } from './command'

export interface ProgressState {
  events: number
  /** 0 to 1; null where nobody knows how much there is. */
  share: number | null
  /** Said behind the rate, such as `3 rejected`. */
  note?: string
}

export interface Progress {
  update(state: ProgressState): void
  /** Takes the line away, so that something else can be written. */
  clear(): void
}

const redrawMs = 100
const barWidth = 20

/** One line that is drawn over and over, on a terminal; nothing elsewhere, so that files and pipes get no dashes. */
export function createProgress(output: TextOutput, now: () => number = () => performance.now()): Progress {
  if (!output.isTTY) return { update() {}, clear() {} }
  const startedAt = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    update(state) {
      if (now() - drawnAt < redrawMs) return
      drawnAt = now()
      // Columns are asked for anew: windows change while a long import runs.
      output.write(`\r\u001b[K${lineOf(state, drawnAt - startedAt, (output.columns ?? 80) - 1)}`)
    },
    clear() {
      if (drawnAt !== Number.NEGATIVE_INFINITY) output.write('\r\u001b[K')
      drawnAt = Number.NEGATIVE_INFINITY
    },
  }
}

/** Drops what does not fit, the least important first. */
export function lineOf({ events, share, note }: ProgressState, elapsedMs: number, width: number): string {
  const rate = elapsedMs > 0 ? Math.round((events / elapsedMs) * 1000) : 0
  const count = `${counted(events)} events`
  const percent = share === null ? [] : [`${Math.floor(Math.min(1, share) * 100)} %`.padStart(5)]
  const bar = share === null ? [] : [barOf(share)]
  const parts = [...percent, count, `${counted(rate)}/s`, ...(note ? [note] : [])]
  const candidates = [[...bar, ...parts], parts, [...percent, count], [counted(events)]]
  return candidates.map((candidate) => candidate.join('  ')).find((line) => line.length <= width) ?? ''
}

function barOf(share: number): string {
  const full = Math.round(Math.min(1, share) * barWidth)
  return `${'#'.repeat(full)}${'.'.repeat(barWidth - full)}`
}

/** `1,234,567` */
export function counted(number: number): string {
  return number.toLocaleString('en-US')
}
