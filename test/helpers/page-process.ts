import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Names of the threads in which browsers run workers of pages: Firefox, Chromium, WebKit. */
const workerThread = /^(DOM Worker|DedicatedWorker|WebCore: Worker)/

function read<Result>(look: () => Result, otherwise: Result): Result {
  try {
    return look()
  } catch {
    // The process has ended.
    return otherwise
  }
}

const threadsOf = (pid: number) => read(() => readdirSync(`/proc/${pid}/task`), [])

const readOf = (pid: number, thread: string, file: string) =>
  read(() => readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'utf8'), '')

const childrenOf = (pid: number): number[] =>
  threadsOf(pid)
    .flatMap((thread) => readOf(pid, thread, 'children').split(' ').filter(Boolean).map(Number))
    .flatMap((child) => [child, ...childrenOf(child)])

const workersOf = (pid: number): number =>
  threadsOf(pid).filter((thread) => workerThread.test(readOf(pid, thread, 'comm'))).length

const workers = () => new Map(childrenOf(process.pid).map((pid) => [pid, workersOf(pid)]))

/** So many that an idle thread of before, which a browser uses again, does not hide them. */
const WORKERS = 6

/**
 * Kills the process in which a page runs, as a system does that has no memory left: no handler of the page runs.
 * No browser tells which one it is. It is the one that has more workers when the page has started some.
 */
export async function killProcessOf(evaluate: (expression: string) => Promise<unknown>): Promise<void> {
  const before = workers()
  const source = `URL.createObjectURL(new Blob(['setInterval(() => {}, 1000)']))`
  await evaluate(`void (globalThis.workers = Array.from({ length: ${WORKERS} }, () => new Worker(${source})))`)
  const find = () => [...workers()].find(([pid, count]) => count - (before.get(pid) ?? 0) >= WORKERS / 2)?.[0]
  let pid: number | undefined
  await expect.poll(() => (pid = find()), { timeout: 10_000 }).toBeDefined()
  process.kill(pid as number, 'SIGKILL')
}
