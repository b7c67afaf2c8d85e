import { PassThrough, Readable } from 'node:stream'
import type { Command, CommandContext } from '../../src/cli/command'

export interface CommandRunOptions {
  env?: Record<string, string>
  cwd?: string
  stdin?: string | Buffer
  /** A terminal of this many columns in place of pipes. */
  columns?: number
  stopped?: AbortSignal
}

export interface CommandRun {
  /** Exit code; rejects with what the command throws. */
  code: Promise<number>
  stdout(): string
  stderr(): string
  /** Waits until the output matches. */
  until(pattern: RegExp): Promise<void>
}

/** Runs a command in this process, with streams of its own. */
export function runCommand(command: Command, args: string[], options: CommandRunOptions = {}): CommandRun {
  const outputs = [new PassThrough(), new PassThrough()].map((stream) => {
    let text = ''
    stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    const terminal = options.columns === undefined ? {} : { isTTY: true, columns: options.columns }
    return { stream: Object.assign(stream, terminal), text: () => text }
  })
  const [stdout, stderr] = outputs as [(typeof outputs)[0], (typeof outputs)[0]]
  const context: CommandContext = {
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    distDir: '/nowhere',
    stdin: options.stdin === undefined ? Readable.from([]) : Readable.from([Buffer.from(options.stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    catchStop: () => options.stopped ?? new AbortController().signal,
  }
  return {
    code: Promise.resolve().then(() => command.run(args, context)),
    stdout: stdout.text,
    stderr: stderr.text,
    async until(pattern) {
      while (!pattern.test(stdout.text() + stderr.text())) {
        await Promise.race([stdout, stderr].map(({ stream }) => new Promise((resolve) => stream.once('data', resolve))))
      }
    },
  }
}
