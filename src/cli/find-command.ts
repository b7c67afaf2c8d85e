import { CliError } from './cli-error'
import type { Command } from './command'

/** The command that these words begin with, and what is left of them. Throws a `CliError` where there is none. */
export function findCommand(
  [name = '', ...args]: readonly string[],
  commands: readonly Command[],
): { command: Command; args: string[] } {
  const found = commands.find((command) => command.name === name)
  if (!found) throw new CliError(`unknown command "${name}" (firsthand --help lists all)`, 2)
  const [word, ...rest] = args
  const inner = found.commands?.find((command) => command.name === `${name} ${word}`)
  return inner ? { command: inner, args: rest } : { command: found, args }
}
