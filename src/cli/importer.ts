import { setTimeout as sleep } from 'node:timers/promises'
import type { CollectorLimits } from '../collector/options'
import { createOriginList } from '../collector/origin-list'
import type { Arrival, NewEvent, Store } from '../collector/store'
import { validateItems } from '../collector/validate-items'
import { CliError } from './cli-error'
import { type KeptTimes, readImportLine, restoreTimes } from './import-line'

export interface BadLine {
  code: string
  message: string
}

export interface ImportTally {
  lines: number
  stored: number
  /** Were there already, from an earlier run or in the same file. */
  duplicates: number
  rejected: number
}

export interface ImporterOptions {
  store: Store
  limits: CollectorLimits
  /** Takes every event; null leaves it to the line. */
  project: string | null
  /** Takes what names none; null where there are several. */
  defaultProject: string | null
  /** Ids that there are; an event of another one is bad. */
  projects: ReadonlySet<string>
  /** Waits before the store is asked again, in ms. */
  pausesMs?: readonly number[]
}

export interface Importer {
  tally: Readonly<ImportTally>
  /** Takes a line; null where it was too long to be kept. Resolves with what is wrong with it, or null. */
  add(text: string | null): Promise<BadLine | null>
  /** Stores what is waiting. */
  flush(): Promise<void>
}

/** A commit costs a disk write whatever its size; more than this and memory grows for nothing. */
const batchEvents = 500
const storePausesMs = [500, 1_000, 2_000, 4_000, 8_000]

/** Stores lines of an archive, in the order in which they come, each once. Throws a `CliError` where the store takes nothing. */
export function createImporter(options: ImporterOptions): Importer {
  const { store, limits, projects, pausesMs = storePausesMs } = options
  const tally: ImportTally = { lines: 0, stored: 0, duplicates: 0, rejected: 0 }
  let waiting: NewEvent[] = []
  /** One batch is stored while the next one is read. */
  let storing: Promise<void> = Promise.resolve()

  async function pass(): Promise<void> {
    await storing
    storing = keep(store, waiting, tally, pausesMs)
    // Who waits for it next is told; until then nobody has to be.
    storing.catch(() => {})
    waiting = []
  }

  function check(text: string | null): BadLine | NewEvent {
    if (text === null) return { code: 'too-large', message: 'is too long for an event' }
    const line = readImportLine(text, Date.now())
    if (line.status === 'bad') return line
    const project = options.project ?? line.project ?? options.defaultProject
    if (project === null) return { code: 'missing-project', message: 'project is missing: say --project' }
    if (!projects.has(project)) return { code: 'unknown-project', message: `there is no project "${project}"` }
    const { events, rejected } = validateItems(
      { format: 'import', items: [line.item], shared: {} },
      { owner: ownerOf(project), receivedAt: Date.now(), limits },
    )
    const [event] = events
    return event ? newEvent(event, line.kept) : (rejected[0] as BadLine)
  }

  return {
    tally,
    async flush() {
      await pass()
      await storing
    },
    async add(text) {
      tally.lines++
      const checked = check(text)
      if ('event' in checked) {
        waiting.push(checked)
        if (waiting.length >= batchEvents) await pass()
        return null
      }
      tally.rejected++
      return { code: checked.code, message: checked.message }
    },
  }
}

/** Resolves when the events are on disk, and counted. A store that is busy is asked again. */
async function keep(
  store: Store,
  events: readonly NewEvent[],
  tally: ImportTally,
  pausesMs: readonly number[],
): Promise<void> {
  if (events.length === 0) return
  for (let attempt = 0; ; attempt++) {
    const result = await store.append(events)
    if (result.status === 'committed') {
      const stored = result.outcomes.filter((outcome) => outcome === 'stored').length
      tally.stored += stored
      tally.duplicates += events.length - stored
      return
    }
    const pause = pausesMs[attempt]
    if (pause === undefined) throw new CliError(`the store takes nothing: ${result.reason}`)
    await sleep(pause)
  }
}

/** The owner of the store imports, as a server with a secret key would: events of any age, from anywhere. */
const ownerOf = (id: string) =>
  ({
    project: { id, origins: createOriginList([]), allowNoOrigin: true, monthlyQuota: null },
    keyKind: 'secret',
  }) as const

const arrival: Arrival = {
  request: { format: 'import', origin: null, userAgent: null, keyKind: 'secret' },
  response: { status: 200, events: 1, rejected: 0 },
}

function newEvent(event: NewEvent['event'], kept: KeptTimes): NewEvent {
  return { event: restoreTimes(event, kept), arrival }
}
