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
   * Aborts at SIGINT and SIGTERM, for commands that run until they are stopped; those that never look at it are ended
   * by the signal itself. A second signal ends the process at once.
   */
  readonly stopped: AbortSignal
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
}
