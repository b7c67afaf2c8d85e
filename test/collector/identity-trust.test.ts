import { describe, expect, it } from 'vitest'
import { resolveIdentity } from '../../src/collector/identity-trust'

describe('the option identity', () => {
  it('counts what both kinds of key said, unless pages are not trusted', () => {
    expect(resolveIdentity()).toEqual({})
    expect(resolveIdentity({ trustPublicKeys: true })).toEqual({})
    expect(resolveIdentity({ trustPublicKeys: false })).toEqual({ keyKinds: ['secret'] })
  })

  it.each([null, 'no', { trustPublicKeys: 'no' }, { trustSecretKeys: true }])('refuses %j', (given) => {
    expect(() => resolveIdentity(given as never)).toThrow(/^\[firsthand\] identity/)
  })
})
