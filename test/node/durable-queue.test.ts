import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { plainTransport } from '../core/delivery/world'
import { type Receiver, receipt, runProgram, startReceiver, until } from './receiver'

let receiver: Receiver | undefined
afterEach(async () => {
  await receiver?.closeAll()
  receiver = undefined
})

/** A receiver that answers 503 until it is healed. */
async function openOutage() {
  const outage = { isOver: false }
  const server = await startReceiver((request, response) =>
    outage.isOver ? response.end(receipt(request)) : response.writeHead(503).end(),
  )
  receiver = server
  return { server, outage, dir: join(server.folder(), 'queue') }
}

const idsOf = (server: Receiver) => new Set(server.events.map(({ messageId }) => messageId))

describe('a queue on disk', { timeout: 30_000 }, () => {
  it('outlives SIGKILL: each event whose promise was resolved arrives, and once', async () => {
    const { server, outage, dir } = await openOutage()
    const child = await runProgram(
      server.folder(),
      `const analytics = Analytics({
        plugins: [collector({ endpoint: '${server.url}', projectKey: 'pk' })],
        queue: { dir: '${dir}' },
      })
      analytics.on('error', () => {})
      const { writeSync } = process.getBuiltinModule('node:fs')
      for (let index = 0; ; index++)
        analytics.track({ userId: 'u' + (index % 9), event: 'x' }).then(({ event }) => writeSync(1, event.messageId + '\\n')),
          index % 20 === 0 && await new Promise((resolve) => setTimeout(resolve, 1))`,
    )
    await until(() => child.output().length > 30_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const promised = child.output().split('\n').slice(0, -1)
    expect(promised.length).toBeGreaterThan(1000)
    outage.isOver = true
    const heir = server.client({ queue: { dir } })
    expect(await heir.flush()).toMatchObject({ pending: 0, dropped: 0 })
    const arrived = idsOf(server)
    expect(promised.filter((id) => !arrived.has(id))).toEqual([])
    expect(server.events).toHaveLength(arrived.size)
  })

  it('is shared: a living process keeps its own, and takes over what another one left', async () => {
    const { server, outage, dir } = await openOutage()
    const [one, two] = [server.client({ queue: { dir } }), server.client({ queue: { dir } })]
    await one.track({ userId: 'u', event: 'of one' })
    await two.track({ userId: 'u', event: 'of two' })
    const three = server.client({ queue: { dir } })
    expect(three.getState('delivery').waiting).toBe(0)
    expect(await one.close({ timeoutMs: 100 })).toEqual({ delivered: 0, pending: 1, dropped: 0 })
    outage.isOver = true
    const heir = server.client({ queue: { dir } })
    expect(await heir.flush()).toEqual({ delivered: 1, pending: 0, dropped: 0 })
    expect(await two.flush()).toMatchObject({ pending: 0, dropped: 0 })
    // A request that `close` gave up may still have arrived: the store removes the repeat.
    const arrived = new Map(server.events.map(({ messageId, event }) => [messageId, event]))
    expect([...arrived.values()].sort()).toEqual(['of one', 'of two'])
    await Promise.all([two, three, heir].map((client) => client.close()))
    expect(readdirSync(dir)).toEqual([])
  })

  it('keeps an event for the receiver that only another process has', async () => {
    const { server, outage, dir } = await openOutage()
    outage.isOver = true
    const unreachable = { method: 'POST', url: 'http://127.0.0.1:1/', headers: {}, body: '' } as const
    const other = plainTransport({ name: 'other', encode: () => unreachable })
    const first = server.client({ plugins: [other], queue: { dir } })
    await first.track({ userId: 'u', event: 'x' })
    await first.close({ timeoutMs: 100 })
    const stranger = server.client({ queue: { dir } })
    expect(stranger.getState('delivery').waiting).toBe(0)
    await stranger.close()
    const own = server.client({ plugins: [other], queue: { dir } })
    expect(own.getState('delivery').waiting).toBe(1)
  })

  it('drops what is older than queue.maxAgeMs, counted', async () => {
    const { server, dir } = await openOutage()
    const first = server.client({ queue: { dir } })
    await first.track({ userId: 'u', event: 'x' })
    await first.close({ timeoutMs: 50 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const second = server.client({ queue: { dir, maxAgeMs: 1 } })
    expect(warn.mock.calls).toEqual([[expect.stringContaining('collector: dropped, too-old')]])
    warn.mockRestore()
    expect(second.getState('delivery')).toMatchObject({ waiting: 0, dropped: { 'too-old': 1 } })
    await second.close()
    expect(readdirSync(dir)).toEqual([])
  })

  it('takes 5,000 calls at once with a few syncs, and removes what is delivered', async () => {
    const { server, outage, dir } = await openOutage()
    outage.isOver = true
    const client = server.client({ queue: { dir } })
    const calls = Array.from({ length: 5000 }, (_, index) => client.track({ userId: `u${index}`, event: 'x' }))
    await Promise.all(calls)
    // Some have left by the time of the flush.
    expect(await client.flush()).toMatchObject({ pending: 0, dropped: 0 })
    await client.close()
    expect(server.events).toHaveLength(5000)
    expect(readdirSync(dir)).toEqual([])
  })

  it('rejects the calls whose events the disk does not take, and counts them', async () => {
    const { server, outage, dir } = await openOutage()
    outage.isOver = true
    const client = server.client({ queue: { dir } })
    const write = vi.spyOn(process.getBuiltinModule('node:fs'), 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    })
    const calls = [1, 2].map(() => client.track({ userId: 'u', event: 'lost' }))
    for (const call of calls) await expect(call).rejects.toThrow('[firsthand] track: not written to queue.dir (ENOSPC)')
    write.mockRestore()
    await client.track({ userId: 'u', event: 'kept' })
    expect(await client.flush()).toMatchObject({ pending: 0, dropped: 0 })
    expect(server.events.map(({ event }) => event)).toEqual(['kept'])
    expect(client.getState('delivery')).toMatchObject({ accepted: 1, waiting: 0, dropped: { 'disk-full': 2 } })
  })

  it('cannot be had where the folder cannot be written: an error at creation, with the name of the option', async () => {
    const { server, dir } = await openOutage()
    const open = (path: string) => () => server.client({ queue: { dir: path } })
    writeFileSync(dir, 'a file')
    expect(open(dir)).toThrow('[firsthand] queue.dir: cannot write to it')
    expect(open('')).toThrow('[firsthand] queue.dir: pass the path of a folder')
    if (process.getuid?.() === 0) return
    const folder = server.folder()
    chmodSync(folder, 0o500)
    expect(open(join(folder, 'queue'))).toThrow('[firsthand] queue.dir: cannot write to it')
    expect(existsSync(join(folder, 'queue'))).toBe(false)
  })
})
