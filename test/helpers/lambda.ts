import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LambdaEvent, LambdaResult } from '../../src/collector/lambda'

const runtime = fileURLToPath(new URL('lambda-process.mjs', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Answer {
  result?: LambdaResult
  error?: string
}

export interface Lambda {
  /** Rejects when the function fails or takes longer than its timeout; its process is then killed. */
  invoke(event: LambdaEvent): Promise<LambdaResult>
  /** What the function is told of its time, and how long it really has. */
  timeoutMs: { told: number; real: number }
  close(): void
}

/**
 * Runs a handler as Lambda does: one process, one call at a time, stopped (`SIGSTOP`) from the moment of its answer
 * until the next call.
 */
export function startLambda(file: string, env: Record<string, string>): Lambda {
  let current: ChildProcess | undefined
  let queue: Promise<unknown> = Promise.resolve()

  async function start(): Promise<ChildProcess> {
    const child = fork(runtime, [file], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    current = child
    await once(child, 'message')
    return child
  }

  async function run(event: LambdaEvent): Promise<LambdaResult> {
    const child = current ?? (await start())
    child.kill('SIGCONT')
    child.send({ event, timeoutMs: lambda.timeoutMs.told })
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<[Answer]>((resolve) => {
      timer = setTimeout(() => resolve([{ error: 'Task timed out' }]), lambda.timeoutMs.real)
    })
    const [{ result, error }] = (await Promise.race([once(child, 'message'), timeout])) as [Answer]
    clearTimeout(timer)
    if (result) child.kill('SIGSTOP')
    else lambda.close()
    if (!result) throw new Error(error)
    return result
  }

  const lambda: Lambda = {
    timeoutMs: { told: 10_000, real: 10_000 },
    invoke(event) {
      const call = queue.then(() => run(event))
      queue = call.catch(() => {})
      return call
    },
    close() {
      current?.kill('SIGKILL')
      current = undefined
    },
  }
  return lambda
}
