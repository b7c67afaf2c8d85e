import { type CommonClient, type CreateClient, pause } from './case'

export interface Step {
  name: string
  run(client: CommonClient): unknown
}

export interface StepTranscript {
  name: string
  /** What `on('*')` heard, without the storage events, whose order is another (order-of-storage-events). */
  heard: string[]
  /** Storage events, sorted. */
  stored: string[]
  /** Hooks that ran, in their order, with the keys and values of their payload. */
  hooks: string[]
  result: unknown
}

type Plugin = Record<string, unknown>

/** Hides what differs from run to run: ids, times, and all that firsthand keeps under `meta`. */
export function mask(payload: Record<string, unknown>, anonymousId: unknown): Record<string, unknown> {
  const { meta, _, instance, plugin, ...rest } = payload
  const { rid, ts, hasCallback } = (meta ?? {}) as Record<string, unknown>
  const shown: Record<string, unknown> = { ...rest, ...(plugin ? { plugin: 'a plugin' } : {}) }
  shown.meta = { rid: typeof rid, ts: typeof ts, ...(hasCallback ? { hasCallback } : {}) }
  const text = JSON.stringify(sorted(shown), (_key, value) => (value === undefined ? 'undefined' : value))
  // `anonymous-9` is what a step sets; when it counts differs (set-anonymous-id).
  const masked = text.replaceAll('anonymous-9', 'the anonymous id')
  return JSON.parse(typeof anonymousId === 'string' ? masked.replaceAll(anonymousId, 'the anonymous id') : masked)
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Plugins whose hooks are written down as they run. */
function observed(plugins: Plugin[], hooks: string[], anonymousId: () => unknown): Plugin[] {
  return plugins.map((plugin) => {
    const copy: Plugin = { ...plugin }
    for (const [key, value] of Object.entries(plugin)) {
      if (typeof value !== 'function' || key === 'loaded' || key === 'bootstrap') continue
      copy[key] = (argument: { payload: Record<string, unknown> }) => {
        hooks.push(`${plugin.name}.${key} ${JSON.stringify(mask(argument.payload, anonymousId()))}`)
        return value(argument)
      }
    }
    return copy
  })
}

/** Runs the steps one after another, and writes down what a page and its plugins can see of each. */
export async function transcribe(create: CreateClient, plugins: Plugin[], steps: Step[]): Promise<StepTranscript[]> {
  let heard: string[] = []
  const hooks: string[] = []
  let client: CommonClient | null = null
  const anonymousId = () => client?.user('anonymousId')
  client = create({ app: 'site', version: 2, plugins: observed(plugins, hooks, anonymousId) })
  // On a busy machine `analytics` is ready only after the pause, and its listener would hear of it.
  await new Promise((resolve) => client?.ready(resolve))
  await pause()
  client.on('*', ({ payload }: { payload: Record<string, unknown> }) =>
    heard.push(`${payload.type} ${JSON.stringify(mask(payload, anonymousId()))}`),
  )
  const transcripts: StepTranscript[] = []
  for (const { name, run } of steps) {
    heard = []
    hooks.length = 0
    const outcome = await Promise.resolve(run(client)).catch((error: Error) => `rejected: ${error.message}`)
    await pause()
    const isStorage = (line: string) => /^(set|remove)Item/.test(line)
    const payload = (outcome as { payload?: Record<string, unknown> } | undefined)?.payload
    transcripts.push({
      name,
      heard: heard.filter((line) => !isStorage(line)),
      stored: heard.filter(isStorage).sort(),
      hooks: hooks.filter((line) => !/\.(set|remove)Item/.test(line)),
      result: payload ? mask(payload, anonymousId()) : outcome,
    })
  }
  return transcripts
}
