import { describe, expect, it } from 'vitest'
import { resolveHost } from '../../../src/collector/node/resolve-host'

type Records = Record<string, string[]>

/** Fails as Node's does for what it does not find. */
function resolver(cnames: Records, v4: Records = {}, v6: Records = {}) {
  const find = (records: Records) => async (host: string) => {
    const found = records[host]
    if (!found) throw Object.assign(new Error(`query ENODATA ${host}`), { code: 'ENODATA' })
    return found
  }
  return { resolveCname: find(cnames), resolve4: find(v4), resolve6: find(v6) } as NonNullable<
    Parameters<typeof resolveHost>[1]
  >
}

describe('resolveHost', () => {
  it('gives the names that a host stands for, and its addresses', async () => {
    const found = await resolveHost(
      'collect.example.com',
      resolver(
        { 'collect.example.com': ['x.cdn.example'], 'x.cdn.example': ['y.cdn.example'] },
        { 'collect.example.com': ['203.0.113.7'] },
        { 'collect.example.com': ['2001:db8::7'] },
      ),
    )
    expect(found).toEqual({
      aliases: ['x.cdn.example', 'y.cdn.example'],
      addresses: ['203.0.113.7', '2001:db8::7'],
    })
  })

  it('gives nothing where there is nothing, and ends where names go in circles', async () => {
    expect(await resolveHost('a.example', resolver({}))).toEqual({ aliases: [], addresses: [] })
    const circle = await resolveHost('a.example', resolver({ 'a.example': ['b.example'], 'b.example': ['a.example'] }))
    expect(circle.aliases.length).toBeLessThan(10)
  })
})
