import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Receiver, startReceiver, until } from '../node/receiver'

const root = new URL('../..', import.meta.url).pathname
let shop: ChildProcess | undefined
let receiver: Receiver | undefined
let folder = ''

afterEach(async () => {
  shop?.kill('SIGKILL')
  await receiver?.closeAll()
  rmSync(folder, { recursive: true, force: true })
})

async function start() {
  folder = mkdtempSync(join(tmpdir(), 'firsthand-'))
  receiver = await startReceiver()
  const env = { ...process.env, COLLECTOR: receiver.url, QUEUE_DIR: join(folder, 'queue'), PORT: '0' }
  shop = spawn(process.execPath, ['examples/node-backend/server.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  shop.stdout?.setEncoding('utf8').on('data', (text) => (output += text))
  await until(() => output.includes('http://'))
  return { shop, events: receiver.events, url: /http:\S+/.exec(output)?.[0].replace('localhost', '127.0.0.1') ?? '' }
}

describe('the Node backend', { timeout: 20_000 }, () => {
  it('joins what a visitor did before signing in to what they did after, and sends it all before it ends', async () => {
    const { shop, events, url } = await start()
    const cookies = new Map<string, string>()
    const go = async (path: string, method = 'GET') => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(url + path, { method, redirect: 'manual', headers: { cookie, accept: 'text/html' } })
      for (const text of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (text.split(';')[0] ?? '').split('=')
        cookies.set(name, value)
      }
      return response.text()
    }
    expect(await go('/')).toContain('Not signed in')
    await go('/sign-in', 'POST')
    expect(await go('/')).toContain('Signed in as user-maria')
    await go('/orders', 'POST')
    shop.kill('SIGTERM')
    await once(shop, 'exit')
    const sorted = events.toSorted((a, b) => (a.context.sequence?.number ?? 0) - (b.context.sequence?.number ?? 0))
    expect(sorted.map(({ type, userId }) => [type, userId])).toEqual([
      ['page', null],
      ['identify', 'user-maria'],
      ['page', 'user-maria'],
      ['track', 'user-maria'],
    ])
    expect(new Set(sorted.map(({ anonymousId }) => anonymousId))).toEqual(new Set([cookies.get('__anon_id')]))
    expect(new Set(sorted.map(({ context }) => context.session?.id)).size).toBe(1)
  })
})
