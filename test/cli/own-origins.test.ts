import { describe, expect, it } from 'vitest'
import { ownOrigins, shownOrigin } from '../../src/cli/own-origins'

describe('ownOrigins', () => {
  it('lists the names of this machine beside the address itself', () => {
    expect(ownOrigins('127.0.0.1', 8080)).toEqual(['http://localhost:8080', 'http://127.0.0.1:8080'])
    expect(ownOrigins('::1', 8080)).toContain('http://[::1]:8080')
    expect(ownOrigins('studio.test', 80)).toContain('http://studio.test')
  })

  it('lists the addresses of this machine where all of them are listened on', () => {
    const origins = ownOrigins('0.0.0.0', 8080)
    expect(origins).toContain('http://127.0.0.1:8080')
    expect(origins).not.toContain('http://0.0.0.0:8080')
    for (const origin of origins) expect(new URL(origin).origin).toBe(origin)
  })
})

describe('shownOrigin', () => {
  it('is one that a browser on this machine can open', () => {
    expect(shownOrigin('0.0.0.0', 8080)).toBe('http://localhost:8080')
    expect(shownOrigin('127.0.0.1', 8080)).toBe('http://localhost:8080')
    expect(shownOrigin('192.168.1.4', 8080)).toBe('http://192.168.1.4:8080')
  })
})
