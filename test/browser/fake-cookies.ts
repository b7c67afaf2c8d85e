import { vi } from 'vitest'

export interface FakeCookies {
  /** Every text that was assigned to document.cookie and taken. */
  writes: string[]
  values: Map<string, string>
}

/**
 * document.cookie as browsers have it: values stay encoded as they were written, and a cookie for a public suffix or
 * for another host is not taken. (happy-dom decodes values and takes any domain.)
 */
export function fakeCookies(publicSuffixes: string[] = [], isBlocked = false): FakeCookies {
  const cookies: FakeCookies = { writes: [], values: new Map() }
  vi.spyOn(document, 'cookie', 'get').mockImplementation(() =>
    [...cookies.values].map(([name, value]) => `${name.split('@')[0]}=${value}`).join('; '),
  )
  vi.spyOn(document, 'cookie', 'set').mockImplementation((text: string) => {
    const [pair = '', ...attributes] = text.split('; ')
    const given = Object.fromEntries(attributes.map((attribute) => attribute.toLowerCase().split('=')))
    const domain = given.domain ?? ''
    const isForeign = domain && location.hostname !== domain && !location.hostname.endsWith(`.${domain}`)
    if (isBlocked || isForeign || publicSuffixes.includes(domain)) return
    cookies.writes.push(text)
    const index = pair.indexOf('=')
    // Two cookies of one name, one with a domain or another path and one without, are two.
    const key = `${pair.slice(0, index)}@${domain}${given.path === '/' ? '' : (given.path ?? '')}`
    if (given.expires && Date.parse(/expires=([^;]+)/i.exec(text)?.[1] ?? '') < Date.now()) cookies.values.delete(key)
    else cookies.values.set(key, pair.slice(index + 1))
  })
  return cookies
}
