/** Shown to the user as it is, without a stack. */
export class CliError extends Error {
  readonly exitCode: 1 | 2

  /** `exitCode` 2 is wrong use, 1 everything else. */
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}
