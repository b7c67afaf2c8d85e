import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { collector } from '../../plugins/collector'
import type { Event } from '../../src/core/event'
import { Analytics, type ServerAnalytics, type ServerOptions } from '../../src/node/server'
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from '../helpers/loopback-server'

const root = new URL('../..', import.meta.url).pathname

/** As the collector reads it: what the batch shares is merged under each event. */
export const batchOf = ({ body }: ReceivedRequest): Event[] => {
  const { batch, context } = JSON.parse(body) as { batch: Event[]; context: Event['context'] }
  return batch.map((event) => ({ ...event, context: { ...context, ...event.context } }))
}

export const receipt = (request: ReceivedRequest): string =>
  JSON.stringify({ success: true, accepted: batchOf(request).length, duplicates: 0, rejected: [] })

type Answer = Parameters<typeof startLoopbackServer>[0]

export interface Receiver extends LoopbackServer {
  /** Of the requests that were answered with 200. */
  events: Event[]
  /** Of the whole test: clients and folders to be closed. */
  client(options?: Partial<ServerOptions>, transport?: Partial<Parameters<typeof collector>[0]>): ServerAnalytics
  folder(): string
  closeAll(): Promise<void>
}

/** A collector on this machine that takes everything, unless `answer` says otherwise. */
export async function startReceiver(
  answer: Answer = (request, response) => response.end(receipt(request)),
): Promise<Receiver> {
  const events: Event[] = []
  const server = await startLoopbackServer(async (request, response) => {
    await answer(request, response)
    if (response.statusCode === 200 && response.writableEnded) events.push(...batchOf(request))
  })
  const clients: ServerAnalytics[] = []
  const folders: string[] = []
  return Object.assign(server, {
    events,
    client(options: Partial<ServerOptions> = {}, transport = {}) {
      const plugins = [collector({ endpoint: server.url, projectKey: 'pk', flushIntervalMs: 10, ...transport })]
      const client = Analytics({ plugins, ...options })
      client.on('error', () => {})
      clients.push(client)
      return client
    },
    folder() {
      const folder = mkdtempSync(join(tmpdir(), 'firsthand-'))
      folders.push(folder)
      return folder
    },
    async closeAll() {
      await Promise.all(clients.map((client) => client.close({ timeoutMs: 1 })))
      await server.close()
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  })
}

/** Starts a program in a process of its own; `Analytics` and `collector` are there already. */
export async function runProgram(folder: string, code: string): Promise<ChildProcess & { output(): string }> {
  const contents = `import { Analytics } from './src/node/server'
    import { collector } from './plugins/collector'
    ${code}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  })
  const file = join(folder, `program-${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(file, outputFiles[0]?.text ?? '')
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  return Object.assign(child, { output: () => text })
}

/** Waits until something is so; for what happens in other processes. */
export async function until(isSo: () => boolean, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
