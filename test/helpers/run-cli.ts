import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface CliRun {
  process: ChildProcess
  /** What was written so far, both streams together. */
  output(): string
  /** Waits until the output matches; rejects with the output when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Exit code; null when a signal ended it. */
  exit: Promise<number | null>
  stop(): Promise<number | null>
}

/** Runs a bundled command line with nothing of this process's environment but the path. */
export function runCli(file: string, args: string[], env: Record<string, string> = {}): CliRun {
  const child = spawn(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...env } })
  let text = ''
  const exit = once(child, 'close').then(([code]) => code as number | null)
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk) => (text += chunk))

  async function until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(text)
      if (match) return match
      const ended = await Promise.race([exit.then(() => true), once(child.stdout ?? child, 'data').then(() => false)])
      if (ended && !pattern.test(text)) throw new Error(`ended without ${pattern}:\n${text}`)
    }
  }

  return {
    process: child,
    output: () => text,
    until,
    exit,
    stop() {
      child.kill('SIGTERM')
      return exit
    },
  }
}
