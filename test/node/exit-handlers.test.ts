import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { finishAtExit } from '../../src/node/exit-handlers'
import { type Receiver, receipt, runProgram, startReceiver, until } from './receiver'

let receiver: Receiver | undefined
afterEach(async () => {
  await receiver?.closeAll()
  receiver = undefined
})

const open = async (...args: Parameters<typeof startReceiver>) => (receiver = await startReceiver(...args))

const client = (url: string, options = '', name = 'analytics') => `
  const ${name} = Analytics({ plugins: [collector({ endpoint: '${url}', projectKey: 'pk', flushIntervalMs: 60_000 })], ${options} })
  ${name}.on('error', () => {});`

/** Runs a program, sends it a signal when it says that it is ready, and tells how it ended. */
async function end(server: Receiver, code: string, ...signals: NodeJS.Signals[]) {
  const child = await runProgram(server.folder(), code)
  const exit = once(child, 'exit')
  for (const signal of signals) {
    await until(() => child.output().includes('ready'))
    child.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const start = Date.now()
  const [status, signal] = await exit
  return { status, signal, output: child.output(), afterMs: Date.now() - start }
}

const forever = `
  void analytics.track({ userId: 'u', event: 'x' })
  setInterval(() => {}, 1000)
  console.log('ready')`

describe('the end of a process', { timeout: 20_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s: sends what waits, and then ends by that signal', async (name) => {
    const server = await open()
    const { signal } = await end(server, `${client(server.url, 'handleSignals: true')}${forever}`, name)
    expect(signal).toBe(name)
    expect(server.events).toHaveLength(1)
  })

  it('by a signal is left to the system unless that is asked for', async () => {
    const server = await open()
    const { signal } = await end(server, `${client(server.url)}${forever}`, 'SIGTERM')
    expect(signal).toBe('SIGTERM')
    expect(server.events).toHaveLength(0)
  })

  it('by a signal that the program handles itself is the end of the program, with its own code', async () => {
    const server = await open()
    const own = `process.on('SIGTERM', () => setTimeout(() => process.exit(7), 500))`
    const { status } = await end(server, `${client(server.url, 'handleSignals: true')}${forever}\n${own}`, 'SIGTERM')
    expect(status).toBe(7)
    expect(server.events).toHaveLength(1)
  })

  it('waits for a receiver that never answers no longer than exitTimeoutMs', async () => {
    const server = await open(() => {})
    const options = 'handleSignals: true, exitTimeoutMs: 300'
    const bySignal = await end(server, `${client(server.url, options)}${forever}`, 'SIGTERM')
    expect(bySignal.signal).toBe('SIGTERM')
    const byItself = await end(
      server,
      `${client(server.url, options)} await analytics.track({ userId: 'u', event: 'x' })`,
    )
    expect(byItself.status).toBe(0)
    for (const { afterMs } of [bySignal, byItself]) expect(afterMs).toBeLessThan(5000)
  })

  it('comes at once with the second signal', async () => {
    const server = await open(() => {})
    const code = `${client(server.url, 'handleSignals: true, exitTimeoutMs: 60_000')}${forever}`
    const { signal, afterMs } = await end(server, code, 'SIGINT', 'SIGINT')
    expect(signal).toBe('SIGINT')
    expect(afterMs).toBeLessThan(5000)
  })

  it('by itself sends what waits for all clients, over one handler, and keeps the exit code', async () => {
    const server = await open(async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      response.end(receipt(request))
    })
    const code = `
      for (let index = 0; index < 20; index++) {
        ${client(server.url, 'handleSignals: true', 'one')}
        void one.track({ userId: 'u' + index, event: 'x' })
      }
      process.exitCode = 3
      console.log(['beforeExit', 'SIGTERM', 'SIGINT'].map((name) => process.listenerCount(name)).join())`
    const { status, output } = await end(server, code)
    expect([status, output.trim()]).toEqual([3, '1,1,1'])
    await until(() => server.events.length === 20)
  })

  it('flushes nothing where that is switched off', async () => {
    const server = await open()
    const code = `${client(server.url, 'flushOnExit: false')} await analytics.track({ userId: 'u', event: 'x' })`
    expect((await end(server, code)).status).toBe(0)
    expect(server.received).toHaveLength(0)
  })

  it('is nobody business any more once the clients are closed', () => {
    const counts = () => (['beforeExit', 'SIGTERM', 'SIGINT'] as const).map((name) => process.listenerCount(name))
    const before = counts()
    const options = { flushOnExit: true, handleSignals: true }
    const [first, second] = [finishAtExit(async () => {}, options), finishAtExit(async () => {}, options)]
    expect(counts()).toEqual(before.map((count) => count + 1))
    first()
    expect(counts()).toEqual(before.map((count) => count + 1))
    second()
    expect(counts()).toEqual(before)
  })
})
