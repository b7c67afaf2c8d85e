// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://shop.example.com/deep/prices?utm_source=news&utm_campaign=spring#top" }
import { Analytics as Original } from 'analytics'
import { beforeEach, describe, expect, it } from 'vitest'
import { Analytics } from '../../src/browser/index'
import { plainSteps } from './scenarios'
import { type CreateClient, transcribe } from './transcript'

const original = Original as unknown as CreateClient
const ours = Analytics as unknown as CreateClient

function forget() {
  localStorage.clear()
  for (const cookie of document.cookie.split('; ')) {
    const name = cookie.split('=')[0]
    for (const domain of ['', ';domain=example.com', ';domain=shop.example.com']) {
      document.cookie = `${name}=;path=/;expires=Thu, 01 Jan 1970 00:00:00 GMT${domain}`
    }
  }
}

const plugins = () => [
  { name: 'one', page() {}, track() {}, trackEnd() {}, identify() {}, reset() {}, custom() {} },
  { name: 'two', pageStart: () => ({ options: { gate: 1 } }), page() {}, track() {}, 'identify:one': () => ({ x: 1 }) },
]

describe('the same calls on analytics and on firsthand, in a page', () => {
  beforeEach(() => {
    forget()
    document.head.innerHTML = ''
    document.title = 'Prices & more'
  })

  async function compare() {
    const theirs = await transcribe(original, plugins(), plainSteps)
    forget()
    const mine = await transcribe(ours, plugins(), plainSteps)
    for (const [index, step] of mine.entries()) expect(step, step.name).toEqual(theirs[index])
    return mine
  }

  it('make the same payloads, events, hook calls and results', async () => {
    const [page] = await compare()
    expect(page?.result).toMatchObject({ properties: { path: '/deep/prices', hash: '#top', title: 'Prices & more' } })
  })

  it.each([
    'https://www.example.com/canonical/path',
    'https://www.example.com/canonical?kept=1#hash',
    '/relative/path',
    'https://www.example.com',
  ])('read the canonical address %s alike', async (href) => {
    document.head.innerHTML = `<link rel="canonical" href="${href}">`
    const [theirs] = await transcribe(original, plugins(), plainSteps.slice(0, 1))
    forget()
    const [mine] = await transcribe(ours, plugins(), plainSteps.slice(0, 1))
    expect(mine?.result).toEqual(theirs?.result)
  })

  it('find the same campaign', async () => {
    const told = (create: CreateClient) =>
      new Promise((resolve) =>
        create({ plugins: plugins() }).on('campaign', ({ payload }) => resolve(payload.campaign)),
      )
    expect(await told(ours)).toEqual({ source: 'news', name: 'spring' })
    forget()
    expect(await told(original)).toEqual({ source: 'news', name: 'spring' })
  })
})
