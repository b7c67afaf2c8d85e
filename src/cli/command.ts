/** What a command knows of the process that runs it. */
export interface CommandContext {
  env: Record<string, string | undefined>
  /** Where firsthand.min.js lies. */
  distDir: string
}

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
