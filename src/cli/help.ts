import type { Command } from './command'
import type { CommandDefinition, OptionTable } from './define-command'
import type { GroupDefinition } from './define-group'

/** What `firsthand --help` prints. */
export function overview(commands: readonly Command[]): string {
  const usages: [usage: string, summary: string][] = [
    ...commands.map(({ name, summary }): [string, string] => [`firsthand ${name}`, summary]),
    ['firsthand --help', 'show this text'],
    ['firsthand --version', 'show the version'],
  ]
  return `firsthand - first-party event tracking that you own

Usage
${columns(usages)}

firsthand <command> --help shows the options of a command, and the environment
that it reads. Settings may also stand in firsthand.config.{ts,js,mjs,json}: the
environment goes before it, and options before both.

Exit codes: 0 done, 1 could not be done, 2 wrong use
`
}

/** What `firsthand <name> --help` prints of a command whose options are a table. */
export function helpOf(definition: Omit<CommandDefinition<OptionTable>, 'run'>): string {
  const { name, summary, usage, options, notes, exitCodes } = definition
  const rows = Object.entries(options).map(([option, { short, value, help }]): [string, string] => [
    `${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}`,
    help,
  ])
  return `firsthand ${name} - ${summary}

Usage
  firsthand ${name} ${usage}

Options
${columns([...rows, ['-h, --help', 'show this text']])}

${notes === undefined ? '' : `${notes.trim()}\n\n`}Exit codes: ${exitCodes}
`
}

/** What `firsthand <name> --help` prints of a command that only holds others. */
export function groupHelp({ name, summary, commands, notes }: GroupDefinition): string {
  return `firsthand ${name} - ${summary}

Usage
${columns(commands.map((command) => [`firsthand ${command.name}`, command.summary]))}

firsthand ${name} <command> --help shows the options of a command.
${notes === undefined ? '' : `${notes.trim()}\n`}
Exit codes: 0 done, 1 could not be done, 2 wrong use
`
}

/** Two columns; a text of several lines keeps to the second one. */
function columns(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  const indent = `\n${' '.repeat(width + 5)}`
  return rows.map(([name, text]) => `  ${name.padEnd(width)}   ${text.replaceAll('\n', indent)}`).join('\n')
}
