import type { CommandContext } from './command'

/** The context of a command that runs in this process. */
export function processContext(distDir: string): CommandContext {
  const { env, stdin, stdout, stderr } = process
  return {
    ...{ env, distDir, cwd: process.cwd(), stdin, stdout, stderr },
    catchStop,
  }
}

function catchStop(): AbortSignal {
  const stop = new AbortController()
  const onSignal = () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return stop.signal
}

/** Resolves when the user stops the command. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
