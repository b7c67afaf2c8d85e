// SIGKILL of a Node process that holds events in an outage, then a new process.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startReceiver } from './receiver.mjs'

const CALLS = 100
const runFile = fileURLToPath(new URL('node-run.mjs', import.meta.url))
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** `peer.node({ url, dir })` resolves to a function that tracks a marker. */
export async function killNode({ peer, file }) {
  const receiver = await startReceiver(peer)
  const dir = mkdtempSync(join(tmpdir(), 'firsthand-bench-'))
  const start = (calls) => fork(runFile, [file, receiver.url, join(dir, 'queue'), String(calls)])
  const end = async (child) => {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }
  try {
    const markers = Array.from({ length: CALLS }, (_, index) => `m${index}`)
    receiver.fault = '503'
    const first = start(CALLS)
    await new Promise((resolve) => first.once('message', resolve))
    await end(first)
    receiver.fault = 'none'
    const second = start(0)
    for (let tries = 0; tries < 100 && receiver.count(markers).delivered < CALLS; tries++) await wait(100)
    await wait(1000)
    await end(second)
    return { accepted: CALLS, atOnce: 0, lateMs: 0, ...receiver.count(markers) }
  } finally {
    receiver.close()
    rmSync(dir, { recursive: true, force: true })
  }
}
