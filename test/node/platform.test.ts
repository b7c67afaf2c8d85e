import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createNodePlatform } from '../../src/node/platform'

describe('the platform of Node', () => {
  it('makes ids that are unique, URL-safe and 21 characters long', () => {
    const { id } = createNodePlatform()
    const ids = Array.from({ length: 5000 }, id)
    expect(new Set(ids).size).toBe(5000)
    for (const text of ids) expect(text).toMatch(/^[\w-]{21}$/)
  })

  it('shares no storage between clients', () => {
    const [one, two] = [createNodePlatform(), createNodePlatform()]
    one.storage.setItem('key', 'value')
    expect(two.storage.getItem('key')).toBeUndefined()
    one.storage.removeItem('key')
    expect(one.storage.getItem('key')).toBeUndefined()
  })

  it('hashes as SHA-256 in lower-case hex', async () => {
    await expect(createNodePlatform().hash('abc')).resolves.toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('has timers that can be cancelled and keep no process alive', async () => {
    const { setTimer } = createNodePlatform()
    const ran: string[] = []
    setTimer(() => void ran.push('cancelled'), 0)()
    await new Promise<void>((resolve) => {
      setTimer(() => void ran.push('ran'), 0)
      setTimeout(resolve, 20)
    })
    expect(ran).toEqual(['ran'])
    const program = `const timer = setTimeout(() => {}, 60000); timer.unref()`
    expect(() => execFileSync(process.execPath, ['-e', program], { timeout: 5000 })).not.toThrow()
  })

  it('imports nothing from Node, so that it runs on edge runtimes', () => {
    for (const file of ['index', 'platform', 'sender']) {
      const source = readFileSync(new URL(`../../src/node/${file}.ts`, import.meta.url), 'utf8')
      expect(source).not.toMatch(/from 'node:|require\(/)
    }
  })
})
