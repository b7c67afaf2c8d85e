import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteStore } from '../../src/collector/stores/sqlite'
import { bundleForNode } from './helpers/bundle'

const rounds = 20
const batchEvents = 10
const concurrency = 8

const randomUpTo = (most: number) => 1 + Math.floor(Math.random() * most)

describe('a collector process', () => {
  let directory: string
  let program: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'firsthand-kill-'))
    // Packages are found from where the bundle lies.
    const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url))
    program = join(nodeModules, `.firsthand-test-${process.pid}`, 'collector-process.mjs')
    await bundleForNode('test/collector/helpers/collector-process.ts', program)
  })

  afterAll(async () => {
    await rm(directory, { recursive: true })
    await rm(join(program, '..'), { recursive: true })
  })

  async function start(path: string): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout!, 'data')
    return { child, url: String(line).trim() }
  }

  /** `reached` resolves at the first answer after which `isEnough`, `done` when no sender has a connection. */
  function sendersTo(url: string, prefix: string, acknowledged: string[], isEnough: () => boolean) {
    let done: Promise<unknown> | undefined
    const reached = new Promise<void>((resolve) => {
      const onAnswer = () => {
        if (isEnough()) resolve()
      }
      const senders = Array.from({ length: concurrency }, (_, sender) =>
        sendUntilItBreaks(url, `${prefix}-${sender}`, acknowledged, onAnswer),
      )
      done = Promise.all(senders)
    })
    return { reached, done }
  }

  /** Sends until the connection breaks; every id is noted when it is acknowledged, not before. */
  async function sendUntilItBreaks(url: string, prefix: string, acknowledged: string[], onAnswer: () => void) {
    for (let number = 0; ; number++) {
      const ids = Array.from({ length: batchEvents }, (_, index) => `${prefix}-${number}-${index}`)
      const batch = ids.map((messageId) => ({ type: 'track', event: 'e', anonymousId: 'a', messageId }))
      try {
        const body = JSON.stringify({ projectKey: 'pk_site', batch })
        const headers = { 'content-type': 'text/plain' }
        const response = await fetch(`${url}/v1/batch`, { method: 'POST', body, headers })
        const { accepted } = (await response.json()) as { accepted: number }
        if (accepted === batchEvents) acknowledged.push(...ids)
        onAnswer()
      } catch {
        return
      }
    }
  }

  it(`has every acknowledged event, once, after each of ${rounds} SIGKILLs under load`, async () => {
    const path = join(directory, 'killed.db')
    const acknowledged: string[] = []
    for (let round = 0; round < rounds; round++) {
      // The same file all along, opened by nobody else: each collector goes on from what the one before it has left.
      const { child, url } = await start(path)
      const ended = once(child, 'exit')
      const enough = acknowledged.length + randomUpTo(300)
      const senders = sendersTo(url, `${round}`, acknowledged, () => acknowledged.length >= enough)
      await senders.reached
      // Anywhere in a commit or between two, not only just after an answer.
      setTimeout(() => child.kill('SIGKILL'), randomUpTo(20))
      const [[, signal]] = await Promise.all([ended, senders.done])
      expect(signal).toBe('SIGKILL')
    }
    expect(new Set(acknowledged.map((id) => id.split('-')[0])).size).toBe(rounds)
    expect(await missingOf(path, acknowledged)).toEqual([])
  }, 120_000)

  it('finishes what it has begun on SIGTERM', async () => {
    const path = join(directory, 'terminated.db')
    const { child, url } = await start(path)
    const acknowledged: string[] = []
    const ended = once(child, 'exit')
    const senders = sendersTo(url, 'only', acknowledged, () => acknowledged.length >= 200)
    await senders.reached
    child.kill('SIGTERM')
    const [[code]] = await Promise.all([ended, senders.done])
    expect(code).toBe(0)
    expect(await missingOf(path, acknowledged)).toEqual([])
  }, 60_000)

  async function missingOf(path: string, acknowledged: readonly string[]): Promise<string[]> {
    const store = sqliteStore({ path })
    const found: string[] = []
    let cursor: string | null = null
    for (;;) {
      const page = await store.eventsAfter(cursor, 5_000)
      if (page.events.length === 0) break
      found.push(...page.events.map(({ messageId }) => messageId))
      cursor = page.cursor
    }
    await store.close()
    expect(new Set(found).size).toBe(found.length)
    const present = new Set(found)
    return acknowledged.filter((id) => !present.has(id))
  }
})
