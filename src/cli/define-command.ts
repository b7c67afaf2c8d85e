import { parseArgs } from 'node:util'
import { CliError } from './cli-error'
import type { Command, CommandContext } from './command'
import { helpOf } from './help'

/** One option; help and parser are made of the same table. */
export interface OptionSpec {
  type: 'string' | 'boolean'
  short?: string
  /** May be given again and again. */
  multiple?: boolean
  /** Stands for the value in the help, such as `<file>`. */
  value?: string
  help: string
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

type OptionValue<Spec> = Spec extends { type: 'boolean' }
  ? boolean
  : Spec extends { multiple: true }
    ? string[]
    : string

export type OptionValues<Table> = { [Name in keyof Table]?: OptionValue<Table[Name]> }

export interface CommandCall<Table> extends CommandContext {
  options: OptionValues<Table>
  /** Arguments that are no options. */
  operands: string[]
}

export interface CommandDefinition<Table extends OptionTable> {
  name: string
  summary: string
  /** What follows the command's name, such as `[options] [<file>...]`. */
  usage: string
  options: Table
  /** Stands below the options in the help. */
  notes?: string
  /** What the exit codes say here. @default '0 done, 1 could not be done, 2 wrong use' */
  exitCodes?: string
  /** How many operands it takes at most. @default 0 */
  maxOperands?: number
  run(call: CommandCall<Table>): Promise<number>
}

export const commandDefaults = { exitCodes: '0 done, 1 could not be done, 2 wrong use', maxOperands: 0 }

/** A command whose help is made of the options that it really takes. */
export function defineCommand<const Table extends OptionTable>(definition: CommandDefinition<Table>): Command {
  const { name, summary, options, run, maxOperands = commandDefaults.maxOperands } = definition
  return {
    name,
    summary,
    help: helpOf({ exitCodes: commandDefaults.exitCodes, ...definition }),
    run: async (args, context) => run({ ...context, ...parse(args, options, maxOperands) }),
  }
}

function parse<Table extends OptionTable>(args: string[], options: Table, maxOperands: number) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [extra] = positionals.slice(maxOperands)
    if (extra !== undefined) throw new Error(`"${extra}" is one argument too many`)
    return { options: values as OptionValues<Table>, operands: positionals }
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : String(error), 2)
  }
}
