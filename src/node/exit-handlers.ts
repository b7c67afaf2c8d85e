/** What a client does before the process ends. Never rejects. */
export type Finish = () => Promise<unknown>

export interface ExitOptions {
  /** Before the process ends by itself. */
  flushOnExit: boolean
  /** At SIGTERM and SIGINT. */
  handleSignals: boolean
}

type Signal = 'SIGTERM' | 'SIGINT'
const signals: readonly Signal[] = ['SIGTERM', 'SIGINT']

/** One set for all clients of the process, so that a hundred of them are one listener. */
const atEnd = new Set<Finish>()
const atSignal = new Set<Finish>()

/** The part of `process` that edge runtimes lack. */
const events = (): Pick<NodeJS.Process, 'on' | 'removeListener'> | undefined =>
  typeof process === 'object' && typeof process.on === 'function' ? process : undefined

/** Each once: a receiver that is down must not keep a process alive that has nothing else to do. */
const onEnd = (): void => {
  const all = [...atEnd]
  atEnd.clear()
  events()?.removeListener('beforeExit', onEnd)
  for (const finish of all) void finish()
}

/** The first signal flushes, a second one ends the process at once, as does the first when all is sent. */
const onSignal = async (signal: Signal): Promise<void> => {
  removeSignals()
  // Where the program handles the signal itself, it also decides when to end.
  const isOurs = process.listenerCount(signal) === 0
  // A process with nothing else to do would end here with code 0.
  const keepAlive = setInterval(() => {}, 60_000)
  await Promise.all([...atSignal].map((finish) => finish()))
  clearInterval(keepAlive)
  if (isOurs) process.kill(process.pid, signal)
}

const removeSignals = (): void => {
  for (const name of signals) events()?.removeListener(name, onSignal)
}

/** Has `finish` run when the process ends; the returned function takes that back. */
export function finishAtExit(finish: Finish, { flushOnExit, handleSignals }: ExitOptions): () => void {
  if (flushOnExit) {
    if (atEnd.size === 0) events()?.on('beforeExit', onEnd)
    atEnd.add(finish)
  }
  if (handleSignals) {
    if (atSignal.size === 0) for (const name of signals) events()?.on(name, onSignal)
    atSignal.add(finish)
  }
  return () => {
    if (atEnd.delete(finish) && atEnd.size === 0) events()?.removeListener('beforeExit', onEnd)
    if (atSignal.delete(finish) && atSignal.size === 0) removeSignals()
  }
}
