import type { ProjectOptions } from '../collector/options'
import {
  createProjectRegistry,
  type ProjectRegistry,
  type RegistryOutcome,
} from '../collector/projects/project-registry'
import { CliError } from './cli-error'
import type { CommandContext } from './command'
import type { OptionValues } from './define-command'
import { openStore, storeOptions } from './event-source'
import { defaultProject } from './settings'

/** Options of every command of `firsthand project`. */
export const projectOptions = {
  json: { type: 'boolean', help: 'print JSON' },
  ...storeOptions,
} as const

type Call = Pick<CommandContext, 'env' | 'cwd'> & { options: OptionValues<typeof projectOptions> }

export interface ProjectStore {
  registry: ProjectRegistry
  /** Those of the config file, which are changed there. */
  fixed: readonly ProjectOptions[]
}

/** Opens the store for as long as `use` needs it; a collector that runs on it sees what has changed after some seconds. */
export async function withProjects<Value>(
  { options, env, cwd }: Call,
  use: (projects: ProjectStore) => Promise<Value>,
  { make = false } = {},
): Promise<Value> {
  const { store, config } = await openStore({ options, env, cwd }, { make })
  const fixed = config.projects ?? [{ ...defaultProject, origins: [], allowNoOrigin: true }]
  try {
    return await use({ registry: createProjectRegistry({ store, fixedIds: fixed.map(({ id }) => id) }), fixed })
  } catch (error) {
    const { message } = error as Error
    if (error instanceof CliError || message.startsWith('[firsthand] ')) throw error
    throw new CliError(`the store could not be used: ${message}`)
  } finally {
    await store.close()
  }
}

type Done<Outcome> = Extract<Outcome, { status: 'done' }>

/** What was done; throws a `CliError` that says why it was not. */
export function done<Outcome extends RegistryOutcome>(outcome: Outcome, id: string): Done<Outcome> {
  switch (outcome.status) {
    case 'done':
      return outcome as Done<Outcome>
    case 'invalid':
      throw new CliError(`${outcome.field}: ${outcome.message}`, 2)
    case 'taken':
      throw new CliError(`there is a project "${id}" already`)
    case 'fixed':
      throw new CliError(`project "${id}" stands in the settings of the collector; change it there`)
    case 'unknown':
      throw new CliError(`there is no project "${id}" (firsthand project list shows all)`)
  }
}

/** The id, which is the only argument. */
export function readId(operands: readonly string[], command: string): string {
  const [id] = operands
  if (id === undefined) throw new CliError(`say which project, as in: firsthand project ${command} shop`, 2)
  return id
}

export function readQuota(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined
  if (text === 'none') return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CliError(`--quota: "${text}" is no whole number, nor none`, 2)
}
