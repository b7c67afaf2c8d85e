import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../../../src/collector/stores/postgres'
import { hasPostgres, type PostgresServer, startPostgres } from '../../helpers/postgres'
import { bundleForNode } from '../helpers/bundle'

const batchEvents = 10
const senders = 4

interface Running {
  child: ChildProcess
  url: string
}

describe.skipIf(!hasPostgres)('two collectors on one Postgres', { timeout: 120_000 }, () => {
  let server: PostgresServer
  let program: string

  beforeAll(async () => {
    // Packages are found from where the bundle lies.
    const nodeModules = fileURLToPath(new URL('../../../node_modules', import.meta.url))
    program = join(nodeModules, `.firsthand-test-pg-${process.pid}`, 'collector-process.mjs')
    await bundleForNode('test/collector/helpers/collector-process.ts', program)
    server = await startPostgres()
  }, 120_000)

  afterAll(async () => {
    await server.dispose()
    await rm(join(program, '..'), { recursive: true })
  })

  async function start(): Promise<Running> {
    const place = JSON.stringify({ ...server.connection, schema: 'shared' })
    const child = spawn(process.execPath, [program, place], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout!, 'data')
    return { child, url: String(line).trim() }
  }

  async function send(url: string, ids: readonly string[]): Promise<boolean> {
    const batch = ids.map((messageId) => ({ type: 'track', event: 'e', anonymousId: 'a', messageId }))
    const body = JSON.stringify({ projectKey: 'pk_site', batch })
    const headers = { 'content-type': 'text/plain' }
    const response = await fetch(`${url}/v1/batch`, { method: 'POST', body, headers })
    await response.text()
    return response.status === 200
  }

  it('keep every acknowledged event once, also when one of them is killed, and no reader misses one', async () => {
    const [first, second] = await Promise.all([start(), start()])
    const acknowledged: string[] = []
    let sending = true

    /** As a client does it: what was not acknowledged is sent again, to whoever is there. */
    async function deliver(prefix: string, urls: string[]): Promise<void> {
      for (let number = 0; sending; number++) {
        const ids = Array.from({ length: batchEvents }, (_, index) => `${prefix}-${number}-${index}`)
        while (!(await send(urls[0] ?? '', ids).catch(() => urls.length > 1 && void urls.shift()))) continue
        acknowledged.push(...ids)
      }
    }

    const follower = postgresStore({ ...server.connection, schema: 'shared' })
    const seen: string[] = []
    let cursor: string | null = null
    async function follow(): Promise<number> {
      const page = await follower.eventsAfter(cursor, 1_000)
      cursor = page.cursor
      seen.push(...page.events.map(({ messageId }) => messageId))
      return page.events.length
    }
    async function followAlong(): Promise<void> {
      while (sending) await follow()
    }

    const work = [followAlong()]
    for (let sender = 0; sender < senders; sender++) {
      work.push(deliver(`first-${sender}`, [first.url, second.url]), deliver(`second-${sender}`, [second.url]))
    }
    const until = async (count: number) => {
      while (acknowledged.length < count) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(600)
    first.child.kill('SIGKILL')
    await until(acknowledged.length + 600)
    sending = false
    await Promise.all(work)
    while ((await follow()) > 0) continue

    expect(new Set(seen).size).toBe(seen.length)
    const found = new Set(seen)
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
    expect(acknowledged.some((id) => id.startsWith('first'))).toBe(true)
    expect(await follower.stats()).toMatchObject({ events: seen.length })
    await follower.close()
    second.child.kill('SIGTERM')
    await once(second.child, 'exit')
  })
})
