import type { Command } from './command'

/** What `firsthand --help` prints. */
export function overview(commands: readonly Command[]): string {
  const usages: [usage: string, summary: string][] = [
    ...commands.map(({ name, summary }): [string, string] => [`firsthand ${name}`, summary]),
    ['firsthand --help', 'show this text'],
    ['firsthand --version', 'show the version'],
  ]
  const width = Math.max(...usages.map(([usage]) => usage.length))
  return `firsthand - first-party event tracking that you own

Usage
${usages.map(([usage, summary]) => `  ${usage.padEnd(width)}   ${summary}`).join('\n')}

firsthand <command> --help shows the options of a command, and the environment that it reads.

Exit codes: 0 done, 1 could not be done, 2 wrong use
`
}
