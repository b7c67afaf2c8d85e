import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAgentReader, unknownAgent } from '../../../src/collector/enrich/user-agent'

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('createAgentReader', () => {
  const read = createAgentReader()

  it.each([
    [
      `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
      { browser: 'Safari', browserVersion: '18.5', os: 'macOS', osVersion: '10.15.7', device: 'desktop', bot: false },
    ],
    [
      `${iphone} Version/18.5 Mobile/15E148 Safari/604.1`,
      { browser: 'Safari', browserVersion: '18.5', os: 'iOS', osVersion: '18.5', device: 'mobile', bot: false },
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      { browser: 'Firefox', browserVersion: '140.0', os: 'Linux', osVersion: null, device: 'desktop', bot: false },
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1',
      { browser: 'Safari', browserVersion: '16.0', os: 'iOS', osVersion: '16.0', device: 'tablet', bot: false },
    ],
    [
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      expect.objectContaining({ device: 'bot', bot: true }),
    ],
    ['curl/8.5.0', expect.objectContaining({ device: 'bot', bot: true })],
  ])('tells what %s is', (userAgent, agent) => {
    expect(read(userAgent)).toEqual(agent)
  })

  it('knows nothing where there is none', () => {
    expect([read(null), read(''), read('  ')]).toEqual([unknownAgent, unknownAgent, unknownAgent])
  })

  it('gives the same object for what it was asked before', () => {
    expect(read('curl/8.5.0')).toBe(read('curl/8.5.0'))
  })

  it('forgets what nobody has asked for in a long time', () => {
    const first = read('Some/1.0')
    for (let number = 0; number < 2_000; number++) read(`Other/${number}`)
    expect(read('Some/1.0')).not.toBe(first)
  })

  it('never throws, and its texts are bounded', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (text) => {
        for (const value of Object.values(createAgentReader()(text)))
          expect(String(value ?? '').length).toBeLessThan(101)
      }),
    )
  })

  it('is not stopped by texts that are long or made to be slow', () => {
    for (const text of [
      'x'.repeat(1e6),
      `Mozilla/5.0 (${' ;'.repeat(1e5)}`,
      'a/'.repeat(1e5),
      `${'('.repeat(1e5)}bot`,
    ]) {
      expect(createAgentReader()(text)).toHaveProperty('bot')
    }
  })
})
