import { describe, expect, it } from 'vitest'
import { collectorDefaults, type LogEntry } from '../../../src/collector'
import { readAddress } from '../../../src/collector/enrich/ip-address'
import { createRequestGate } from '../../../src/collector/limits/request-gate'
import type { KeyOwner } from '../../../src/collector/project-directory'
import { RequestProblem } from '../../../src/collector/request-problem'

const owner = (id: string, keyKind: KeyOwner['keyKind'] = 'public') => ({ project: { id }, keyKind }) as KeyOwner

function open(limits: object) {
  const clock = { ms: 0 }
  const logged: LogEntry[] = []
  const gate = createRequestGate({
    limits: { ...collectorDefaults.limits, ...limits },
    log: (entry) => logged.push(entry),
    now: () => clock.ms,
  })
  const problemOf = (pass: () => void): RequestProblem | null => {
    try {
      pass()
      return null
    } catch (error) {
      return error as RequestProblem
    }
  }
  return {
    clock,
    logged,
    fromAddress: (text: string) => problemOf(() => gate.passAddress(readAddress(text))),
    withKey: (...of: Parameters<typeof owner>) => problemOf(() => gate.passKey(owner(...of))),
  }
}

describe('createRequestGate', () => {
  it('answers 429 where a key has used up its share, and says in seconds when to come again', () => {
    const { clock, withKey } = open({ keyRequestsPerSecond: 2, keyRequestBurst: 5 })
    for (let count = 0; count < 5; count++) expect(withKey('shop')).toBeNull()
    const problem = withKey('shop')
    expect(problem).toBeInstanceOf(RequestProblem)
    expect(problem).toMatchObject({ status: 429, code: 'too-many-requests' })
    expect(problem?.headers).toEqual({
      'Retry-After': '1',
      'RateLimit-Policy': '"key";q=5;w=3',
      RateLimit: '"key";r=0;t=1',
    })
    clock.ms += 1_000
    expect(withKey('shop')).toBeNull()
  })

  it('counts projects apart, and the servers of a project apart from its pages', () => {
    const { withKey } = open({ keyRequestsPerSecond: 1, keyRequestBurst: 1 })
    withKey('shop')
    expect(withKey('shop')?.status).toBe(429)
    expect(withKey('blog')).toBeNull()
    expect(withKey('shop', 'secret')).toBeNull()
    expect(withKey('shop', 'secret')?.status).toBe(429)
  })

  it('answers 429 where an address has used up its share, and lets others through', () => {
    const { fromAddress } = open({ addressRequestsPerSecond: 1, addressRequestBurst: 2 })
    expect([fromAddress('203.0.113.7'), fromAddress('203.0.113.7')]).toEqual([null, null])
    expect(fromAddress('203.0.113.7')?.headers).toMatchObject({ 'Retry-After': '1', RateLimit: '"address";r=0;t=1' })
    expect(fromAddress('203.0.113.8')).toBeNull()
  })

  it('does not count private addresses, as proxies have them', () => {
    const { fromAddress } = open({ addressRequestsPerSecond: 1, addressRequestBurst: 1 })
    for (let count = 0; count < 10; count++) expect(fromAddress('172.17.0.1')).toBeNull()
  })

  it('logs once a minute that it refuses, without the address', () => {
    const { clock, logged, fromAddress, withKey } = open({
      ...{ keyRequestsPerSecond: 1, keyRequestBurst: 1, addressRequestsPerSecond: 1, addressRequestBurst: 1 },
    })
    const refuse = () => {
      for (let count = 0; count < 5; count++) {
        fromAddress('203.0.113.7')
        withKey('shop')
      }
    }
    refuse()
    expect(logged).toMatchObject([
      { level: 'warn', limit: 'address' },
      { limit: 'key', project: 'shop' },
    ])
    expect(JSON.stringify(logged)).not.toContain('203.0.113')
    clock.ms += 60_000
    refuse()
    expect(logged).toHaveLength(4)
  })
})
