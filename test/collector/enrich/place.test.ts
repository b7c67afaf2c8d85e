import { describe, expect, it } from 'vitest'
import { readPlace } from '../../../src/collector/enrich/place'

const names = { countryHeader: 'cf-ipcountry', regionHeader: 'x-region' }
const read = (country: string, region = '') =>
  readPlace({ get: (name) => (name === 'cf-ipcountry' ? country : region) }, names)

describe('readPlace', () => {
  it('reads the headers that the owner names, and no others', () => {
    expect(read('de', 'Bayern')).toEqual({ country: 'DE', region: 'Bayern' })
    expect(readPlace(new Headers({ 'cf-ipcountry': 'DE' }), {})).toEqual({ country: null, region: null })
  })

  it.each(['', 'XX', 'T1', 'DEU', 'D', '12', '<b', 'de, fr'])('takes %j for no country', (country) => {
    expect(read(country).country).toBeNull()
  })

  it('reads names in percent-encoding and in UTF-8', () => {
    expect(read('FR', '%C3%8Ele-de-France').region).toBe('Île-de-France')
    // What a header shows of UTF-8.
    expect(read('FR', 'Ã\u008ele-de-France').region).toBe('Île-de-France')
  })

  it.each(['', '%', '%ff', '<script>', 'a\u0000', 'x'.repeat(101), '%0d%0aSet-Cookie: a'])(
    'takes %j for no region',
    (region) => {
      expect(read('FR', region).region).toBeNull()
    },
  )
})
