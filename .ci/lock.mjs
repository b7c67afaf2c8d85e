import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const file = new URL('../.prepare.lock', import.meta.url)

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function tryToLock() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

/** Process id of the owner; null where the lock has just gone. */
function owner() {
  try {
    return Number(readFileSync(file, 'utf8')) || null
  } catch {
    return null
  }
}

/** One process at a time installs and builds in this checkout; a lock whose owner has died is taken over. */
export async function withLock(work) {
  while (!tryToLock()) {
    const pid = owner()
    if (pid && !isAlive(pid)) rmSync(file, { force: true })
    else await delay(200)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
