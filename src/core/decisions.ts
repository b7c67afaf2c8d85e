import type { PluginRecord } from './plugin-registry'
import type { Signals } from './privacy'

export type ConsentState = 'granted' | 'denied' | 'pending'

/** What the visitor must agree to before a plugin takes part or anything is kept. */
export interface ConsentOptions {
  /** Nothing counts as granted before it is. Else everything counts as granted until it is denied. @default false */
  required?: boolean
  /** The first is the purpose of storage, and of plugins and transports that name none. @default ['analytics', 'advertising'] */
  purposes?: readonly string[]
  /** What becomes of events for which a decision is missing: `hold` keeps them in memory until then. @default 'hold' */
  onPending?: 'hold' | 'drop'
}

/** What the visitor agreed to. */
export interface Decisions {
  purposes: readonly string[]
  /** By purpose, where the visitor decided. */
  chosen: Record<string, boolean | undefined>
  /** Purposes that only other pages know, and that are granted there. */
  foreign: Set<string>
  holds: boolean
  /** Whether a plugin may take part; without one, whether anything may be kept. */
  stateOf(record?: PluginRecord): ConsentState
  state(): Record<string, ConsentState>
  /** What events say of it. */
  context(): object | undefined
  /** Takes over what a page wrote down. Where there is nothing any more, what was granted is withdrawn. */
  read(text: string | undefined): void
  /** The purposes that are granted, with those of other pages; undefined where that goes without saying. */
  write(): string | undefined
}

const isList = (names: unknown): boolean =>
  Array.isArray(names) && names.every((name) => typeof name === 'string' && /^[\w-]+$/.test(name))

const check = (options: ConsentOptions, records: readonly PluginRecord[]): void => {
  const { required = false, purposes: named = ['analytics'], onPending = 'hold', ...unknown } = options
  const extra = Object.keys(unknown)[0]
  if (extra) throw new Error(`[firsthand] consent.${extra}: there is required, purposes, onPending`)
  if (typeof required !== 'boolean') throw new Error('[firsthand] consent.required: true or false')
  if (!isList(named) || !named[0]) throw new Error('[firsthand] consent.purposes: list names of A-Z a-z 0-9 _ -')
  if (onPending !== 'hold' && onPending !== 'drop') throw new Error('[firsthand] consent.onPending: hold or drop')
  for (const { name, plugin } of records) {
    if (!isList(plugin.purposes ?? [])) throw new Error(`[firsthand] ${name}: purposes: list names of A-Z a-z 0-9 _ -`)
  }
}

/** Throws on misuse, naming the option. */
export const createDecisions = (
  options: ConsentOptions,
  { gpc, refuses }: Signals,
  records: readonly PluginRecord[],
): Decisions => {
  check(options, records)
  const { required = false, purposes: named = ['analytics', 'advertising'], onPending = 'hold' } = options
  const purposes = [...new Set<string>([...named, ...records.flatMap(({ plugin }) => plugin.purposes ?? [])])]
  // Without a prototype, since a purpose may be called `constructor`.
  const chosen: Decisions['chosen'] = Object.create(null)
  const foreign = new Set<string>()
  let isWritten = false
  const decisionOn = (purpose: string): ConsentState => {
    const isGranted = !refuses(purpose) && (chosen[purpose] ?? (required ? undefined : true))
    return isGranted ? 'granted' : isGranted === undefined ? 'pending' : 'denied'
  }
  const map = <Value>(valueOf: (state: ConsentState) => Value) =>
    Object.fromEntries(purposes.map((purpose) => [purpose, valueOf(decisionOn(purpose))]))

  return {
    purposes,
    chosen,
    foreign,
    holds: onPending === 'hold',
    stateOf(record) {
      const states = (record?.plugin.purposes ?? purposes.slice(0, 1)).map(decisionOn)
      return (['denied', 'pending'] as const).find((state) => states.includes(state)) ?? 'granted'
    },
    state: () => map((state) => state),
    context: () =>
      gpc || Object.keys({ ...options, ...chosen })[0]
        ? { consent: { categoryPreferences: map((state) => state === 'granted'), gpc } }
        : undefined,
    read(text) {
      const granted = text?.split('.')
      isWritten = !!granted
      foreign.clear()
      for (const name of granted ?? []) if (name && !purposes.includes(name)) foreign.add(name)
      for (const purpose of purposes)
        chosen[purpose] = granted?.includes(purpose) || (required ? chosen[purpose] && false : granted && false)
    },
    write() {
      const granted = [...purposes.filter((purpose) => chosen[purpose] ?? !required), ...foreign]
      // What was written once stays: a page that does not know a purpose must not make its denial forgotten.
      isWritten ||= granted.length < purposes.length
      return (required ? granted[0] : isWritten) ? granted.join('.') : undefined
    },
  }
}
