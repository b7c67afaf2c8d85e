import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collector } from '../../plugins/collector'
import { createCollector } from '../../src/collector'
import { type Served, serve } from '../../src/collector/node/serve'
import type { Store } from '../../src/collector/store'
import { openSqlite, type SqliteConnection } from '../../src/collector/stores/sqlite-driver'
import { createSqliteStore } from '../../src/collector/stores/sqlite-store'
import type { DeliveryState } from '../../src/core/delivery/delivery'
import { Analytics as Visitor } from '../../src/node'
import { Analytics as Server } from '../../src/node/server'

const projectKey = 'pk_outage'
/** More than a full file has left on its last pages. */
const padding = 'x'.repeat(9_000)
const names = ['First', 'Second', 'Third']

const clients = [
  {
    name: 'firsthand',
    start(endpoint: string) {
      const client = Visitor({ plugins: [collector({ endpoint, projectKey, flushIntervalMs: 10 })] })
      return {
        track: (event: string) => void client.track(event, { padding }),
        state: () => client.getState('delivery') as DeliveryState,
        close: () => client.close({ timeoutMs: 0 }),
      }
    },
  },
  {
    name: 'firsthand/node',
    start(endpoint: string) {
      const client = Server({ plugins: [collector({ endpoint, projectKey, flushIntervalMs: 10 })] })
      return {
        track: (event: string) => void client.track({ userId: 'u1', event, properties: { padding } }),
        state: () => client.getState('delivery') as DeliveryState,
        close: () => client.close({ timeoutMs: 0 }),
      }
    },
  },
]

describe.each(clients)('while the store cannot write, $name', ({ start }) => {
  let directory: string
  let path: string
  let store: Store
  let served: Served
  let writing: SqliteConnection
  let client: ReturnType<typeof start>

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'firsthand-outage-'))
    path = join(directory, 'events.db')
    store = createSqliteStore({
      path,
      lockWaitMs: 100,
      async open(file, options) {
        const connection = await openSqlite(file, options)
        if (!options?.readOnly) writing = connection
        return connection
      },
    })
    await store.open?.()
    const projects = [{ id: 'site', key: projectKey, origins: [], allowNoOrigin: true }]
    served = await serve(createCollector({ projects, store, log: () => {} }), { port: 0 })
    client = start(served.url)
  })

  afterEach(async () => {
    await client.close()
    await served.close()
    await rm(directory, { recursive: true })
  })

  /** Status, and whether there is a time to wait for, of a request beside those of the client. */
  async function answerToOther() {
    const response = await fetch(`${served.url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${projectKey}:`)}` },
      body: JSON.stringify({
        batch: [{ type: 'track', event: 'Other', anonymousId: 'a', messageId: 'other', properties: { padding } }],
      }),
    })
    return [response.status, Number(response.headers.get('retry-after')) > 0]
  }

  async function keepsAndDelivers(heal: () => Promise<unknown>) {
    for (const name of names) client.track(name)
    expect(await answerToOther()).toEqual([503, true])
    await expect.poll(() => client.state().retried, { timeout: 10_000 }).toBeGreaterThan(0)
    expect(client.state()).toMatchObject({ accepted: 3, waiting: 3, acknowledged: 0, dropped: {} })
    await heal()
    await expect.poll(() => client.state().waiting, { timeout: 15_000 }).toBe(0)
    expect(client.state()).toMatchObject({ acknowledged: 3, dropped: {} })
    const { events } = await store.events({ limit: 10 })
    expect(events.map(({ event }) => event).sort()).toEqual([...names].sort())
    expect(await store.stats()).toMatchObject({ events: 3, rejected: 0 })
  }

  it('keeps its events of a locked file and delivers them once', { timeout: 40_000 }, async () => {
    const other = await openSqlite(path)
    await other.exec('BEGIN IMMEDIATE')
    await keepsAndDelivers(() => other.exec('ROLLBACK'))
    await other.close()
  })

  it('keeps its events of a full disk and delivers them once', { timeout: 40_000 }, async () => {
    const [{ page_count: pages }] = (await writing.all('PRAGMA page_count')) as [{ page_count: number }]
    await writing.exec(`PRAGMA max_page_count = ${pages}`)
    await keepsAndDelivers(() => writing.exec('PRAGMA max_page_count = 1000000'))
  })
})
