import type { Readable, Writable } from 'node:stream'

/** What a command knows of the process that runs it. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>
  /** Where firsthand.min.js lies. */
  distDir: string
  /** Relative paths start here. */
  cwd: string
  stdin: Readable & { isTTY?: boolean }
  stdout: TextOutput
  stderr: TextOutput
  /**
   * From this call on, SIGINT and SIGTERM abort the signal in place of ending the process: for commands that run until
   * they are stopped. A second one ends the process at once.
   */
  catchStop(): AbortSignal
}

export type TextOutput = Writable & { isTTY?: boolean; columns?: number }

/** One command of the command line, such as `firsthand serve`. */
export interface Command {
  name: string
  /** One line of `firsthand --help`. */
  summary: string
  /** What `firsthand <name> --help` prints. */
  help: string
  /** Ends the process with the number that it resolves with; throws `CliError` on wrong use and what cannot be done. */
  run(args: string[], context: CommandContext): Promise<number>
  /** Commands of this one, named in full, such as `project add`. */
  commands?: readonly Command[]
}
