import { CliError } from './cli-error'
import type { Command } from './command'
import { groupHelp } from './help'

export interface GroupDefinition {
  name: string
  summary: string
  /** Named in full, such as `project add`. */
  commands: readonly Command[]
  notes?: string
}

/** A command that only holds others, such as `firsthand project`. */
export function defineGroup(definition: GroupDefinition): Command {
  const { name, commands } = definition
  const listed = `firsthand ${name} --help lists all`
  return {
    ...definition,
    help: groupHelp(definition),
    async run([given]) {
      if (given === undefined)
        throw new CliError(`say what to do, as in: firsthand ${commands[0]?.name} (${listed})`, 2)
      throw new CliError(`unknown command "${name} ${given}" (${listed})`, 2)
    },
  }
}
