// @vitest-environment happy-dom
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { linker } from '../../plugins/linker'
import { Analytics } from '../../src/browser/index'
import type { ConsentCalls } from '../../src/core/analytics'
import { createClient } from '../../src/core/client'
import { consent } from '../../src/core/consent'
import type { ClientOptions } from '../../src/core/options'
import { createFakePlatform } from '../helpers/fake-platform'

const world = window as unknown as { happyDOM: { setURL(url: string): void } }
const domains = ['www.first.example', '*.second.example']

const clients: ReturnType<typeof createClient>[] = []

/** One that listens to this document no longer than its test. */
function create(options: Parameters<typeof createClient>[0], platform = createFakePlatform()) {
  const analytics = createClient(options, platform)
  clients.push(analytics)
  return analytics
}

/** A link as it is when it is followed; the page's own handlers see it. */
async function follow(anonymousId: string): Promise<string> {
  world.happyDOM.setURL('https://www.first.example/')
  document.body.innerHTML = '<a href="https://shop.second.example/">go</a>'
  const analytics = create({ linker: linker({ domains }) })
  analytics.setAnonymousId(anonymousId)
  const link = document.querySelector('a') as HTMLAnchorElement
  let followed = ''
  link.addEventListener('click', (event) => {
    followed = link.href
    event.preventDefault()
  })
  link.click()
  await analytics.plugins.disable('linker')
  return followed
}

/** A page with one link. `followed` follows it, and tells where it has led so far. */
function page(href = 'https://shop.second.example/') {
  world.happyDOM.setURL('https://www.first.example/')
  document.body.innerHTML = `<a href="${href}">go</a>`
  const link = document.querySelector('a') as HTMLAnchorElement
  const addresses: string[] = []
  link.addEventListener('click', (event) => {
    addresses.push(link.href)
    link.setAttribute('href', href)
    event.preventDefault()
  })
  const followed = () => {
    link.click()
    return addresses
  }
  const open = <Options extends ClientOptions>(options: Options) =>
    create({ ...options, linker: linker({ domains }) }) as ReturnType<typeof createClient> & { consent: ConsentCalls }
  return { link, followed, open }
}

/** The visitor of the page that the link leads to. */
function arrive(address: string, referrer = 'https://www.first.example/', options = {}) {
  world.happyDOM.setURL(address)
  vi.spyOn(document, 'referrer', 'get').mockReturnValue(referrer)
  const platform = createFakePlatform()
  const analytics = create({ linker: linker({ domains, ...options }) }, platform)
  return { analytics, platform, id: analytics.track('x').then(({ payload }) => payload.anonymousId) }
}

beforeEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const analytics of clients.splice(0)) await analytics.plugins.disable('linker')
})

describe('the linker', () => {
  it.each(['anonymous-1', 'mit Umlaut ü+&=#', '😀', 'x'.repeat(200)])('takes the id %j along', async (id) => {
    const link = await follow(id)
    expect(link).toMatch(/^https:\/\/shop\.second\.example\/\?_fh=1\./)
    expect(await arrive(link).id).toBe(id)
    expect(location.href).toBe('https://shop.second.example/')
  })

  it('takes no id along where there is none, or where it is disabled', async () => {
    world.happyDOM.setURL('https://www.first.example/')
    document.body.innerHTML = '<a href="https://shop.second.example/">go</a>'
    const link = document.querySelector('a') as HTMLAnchorElement
    const seen: string[] = []
    link.addEventListener('click', (event) => {
      seen.push(link.href)
      event.preventDefault()
    })
    const analytics = create({ plugins: [linker({ domains })] })
    await analytics.reset()
    link.click()
    await analytics.track('x')
    await analytics.plugins.disable('linker')
    link.click()
    expect(seen).toEqual(['https://shop.second.example/', 'https://shop.second.example/'])
  })

  it('takes no id along after a denial, and again after a grant', async () => {
    const { followed, open } = page()
    const analytics = open({ consent: consent() })
    await analytics.track('x')
    followed()
    analytics.consent.deny()
    await analytics.track('x')
    followed()
    analytics.consent.grant()
    await analytics.track('x')
    followed()
    expect(followed().map((address) => address.includes('_fh='))).toEqual([true, false, true, true])
  })

  it('takes no id along, and adopts none, where nothing is kept', async () => {
    const address = await follow('anonymous-1')
    const { followed, open } = page()
    const analytics = open({ cookieless: true })
    await analytics.track('x')
    expect(followed()).toEqual(['https://shop.second.example/'])
    world.happyDOM.setURL(address)
    vi.spyOn(document, 'referrer', 'get').mockReturnValue('https://www.first.example/')
    expect(open({ cookieless: true }).user('anonymousId')).not.toBe('anonymous-1')
    expect(location.search).toBe('')
  })

  it('takes no id along from a page with TLS to one without', async () => {
    const { followed, open } = page('http://shop.second.example/')
    await open({}).track('x')
    expect(followed()).toEqual(['http://shop.second.example/'])
  })

  it('leaves a link as it was where two of them are on a page', async () => {
    const { followed, link, open } = page()
    for (const analytics of [open({}), open({})]) await analytics.track('x')
    expect(followed()[0]).toContain('_fh=')
    await new Promise((resolve) => setTimeout(resolve))
    expect(link.href).toBe('https://shop.second.example/')
  })

  it('waits for consent with the id, but not with the address, however long that takes', async () => {
    const address = await follow('anonymous-1')
    world.happyDOM.setURL(address)
    vi.spyOn(document, 'referrer', 'get').mockReturnValue('https://www.first.example/')
    const analytics = create({ consent: consent({ required: true }), linker: linker({ domains }) })
    expect(location.search).toBe('')
    await analytics.track('x')
    expect(analytics.user('anonymousId')).not.toBe('anonymous-1')
    vi.useFakeTimers({ now: Date.now() + 10 * 60_000, toFake: ['Date'] })
    analytics.consent?.grant()
    expect(analytics.user('anonymousId')).toBe('anonymous-1')
  })

  it('stays on its host where the path begins with two slashes', async () => {
    const token = new URL(await follow('anonymous-1')).search
    await arrive(`https://shop.second.example//evil.example/x${token}`).id
    expect(location.href).toBe('https://shop.second.example//evil.example/x')
  })

  it('adopts an id within two minutes, and whatever the time, takes it out of the address', async () => {
    const link = await follow('anonymous-1')
    for (const [minutes, isFresh] of [
      [1.9, true],
      [2.1, false],
      [-2.1, false],
    ] as const) {
      vi.useFakeTimers({ now: Date.now() + minutes * 60_000, toFake: ['Date'] })
      expect((await arrive(link).id) === 'anonymous-1').toBe(isFresh)
      expect(location.search).toBe('')
      vi.useRealTimers()
    }
  })

  it.each([
    '',
    'no address',
    'https://elsewhere.example/',
    'https://www.first.example.evil.example/',
    'https://second.example/',
  ])('adopts no id where the link was followed on %j', async (referrer) => {
    expect(await arrive(await follow('anonymous-1'), referrer).id).not.toBe('anonymous-1')
  })

  it('adopts no id whose check is wrong: another id, another time', async () => {
    const [link, other] = [await follow('anonymous-1'), await follow('anonymous-2')]
    expect(await arrive(link.replace('anonymous-1', 'anonymous-3')).id).toBe('id-1')
    expect(await arrive(link.replace(/1\.\w+\./, '1.1.')).id).toBe('id-1')
    expect(await arrive(other).id).toBe('anonymous-2')
  })

  it('never adopts a user id, and leaves the one that is known', async () => {
    const link = await follow('anonymous-1')
    const { analytics, platform } = arrive(link)
    await analytics.identify('alice')
    expect(analytics.user()).toMatchObject({ userId: 'alice', anonymousId: 'anonymous-1' })
    expect(platform.storage.items.get('__anon_id')).toBe('anonymous-1')
  })

  it('adopts the id before page data and context are read, and leaves the rest of the address as it is', async () => {
    const link = await follow('anonymous-1')
    const token = new URL(link).search.slice(1)
    world.happyDOM.setURL(`https://shop.second.example/p?a=%2b+&${token}&b&_fh=twice#top`)
    vi.spyOn(document, 'referrer', 'get').mockReturnValue('https://www.first.example/')
    const analytics = Analytics({ linker: linker({ domains }) })
    const { payload } = await analytics.page()
    expect(location.href).toBe('https://shop.second.example/p?a=%2b+&b#top')
    expect(payload).toMatchObject({ anonymousId: 'anonymous-1', properties: { search: '?a=%2b+&b' } })
    expect(JSON.stringify(analytics.getState('context'))).not.toContain('_fh=')
  })

  it('may have another parameter and another age', async () => {
    const link = await follow('anonymous-1')
    expect(await arrive(link.replace('_fh', 'via'), undefined, { parameter: 'via' }).id).toBe('anonymous-1')
    vi.useFakeTimers({ now: Date.now() + 5000, toFake: ['Date'] })
    expect(await arrive(link, undefined, { maxAgeMs: 1000 }).id).toBe('id-1')
  })

  it('never throws, and adopts nothing, whatever stands in the parameter', async () => {
    const link = new URL(await follow('anonymous-1')).searchParams.get('_fh') as string
    const damaged = fc
      .tuple(fc.nat(link.length), fc.string({ maxLength: 3 }))
      .map(([at, text]) => link.slice(0, at) + text)
    const raw = fc.oneof(
      fc.string({ unit: 'binary' }),
      damaged,
      fc.constantFrom('%', '%E0%A4%A', '1.', '1.a.b.c', '1..'),
    )
    await fc.assert(
      fc.asyncProperty(raw, async (text) => {
        const value = text === link ? '' : text.replace(/[#&\s\ud800-\udfff]/g, '')
        const { analytics, platform, id } = arrive(`https://shop.second.example/?_fh=${value}`)
        const errors: unknown[] = []
        analytics.on('error', ({ payload }) => void errors.push(payload.error))
        expect(await id).toBe('id-1')
        expect([...errors, ...platform.warnings]).toEqual([])
        expect(location.search).toBe('')
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [undefined, 'domains'],
    [{ domains: [] }, 'domains'],
    [{ domains: 'shop.example' }, 'domains'],
    [{ domains: ['https://shop.example'] }, 'domains'],
    [{ domains: ['*'] }, 'domains'],
    [{ domains: ['*.com'] }, 'domains'],
    [{ domains, parameter: 'a b' }, 'parameter'],
    [{ domains, parameter: '' }, 'parameter'],
    [{ domains, maxAgeMs: 0 }, 'maxAgeMs'],
    [{ domains, maxAgeMs: Number.NaN }, 'maxAgeMs'],
  ])('is refused with the options %j, naming %s', (options, name) => {
    expect(() => linker(options as never)).toThrow(`[firsthand] linker: ${name}`)
  })

  it('as an option of the client is the plugin, not its options', () => {
    expect(() => createClient({ linker: { domains } as never }, createFakePlatform())).toThrow(
      /^\[firsthand\] linker: .*firsthand\/plugins\/linker/,
    )
  })
})
