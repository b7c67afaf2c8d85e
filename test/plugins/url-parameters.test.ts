// @vitest-environment happy-dom
import { Analytics as Original } from 'analytics'
import { beforeEach, describe, expect, it } from 'vitest'
import { urlParameters } from '../../plugins/url-parameters'
import { Analytics } from '../../src/browser/index'

interface Client {
  on(name: string, listener: (argument: { payload: Record<string, unknown> }) => void): unknown
  user(): Record<string, unknown>
}

const theirs = Original as unknown as (config: object) => Client
const ours = Analytics as unknown as (config: object) => Client
const world = window as unknown as { happyDOM: { setURL(url: string): void } }

/** Nobody has been here before. */
function forget(): void {
  localStorage.clear()
  // Where `analytics` keeps what it knows when it takes itself to be in Node.
  Object.assign(globalThis, { __global__: {} })
  const past = 'path=/;expires=Thu, 01 Jan 1970 00:00:00 GMT'
  for (const cookie of document.cookie.split('; ')) {
    for (const domain of ['', ';domain=example.com']) document.cookie = `${cookie.split('=')[0]}=;${past}${domain}`
  }
}

/** What a page with this query makes of it: the visitor, and the calls that plugins see. */
async function open(create: (config: object) => Client, search: string, plugins: object[] = []) {
  forget()
  world.happyDOM.setURL(`https://www.example.com/${search}`)
  const seen: unknown[] = []
  const note = ({ payload }: { payload: Record<string, unknown> }) => {
    const { type, event, properties, traits, userId } = payload
    seen.push(JSON.parse(JSON.stringify({ type, event, properties, traits, userId })))
  }
  const client = create({ plugins: [{ name: 'seen', identify: note, track: note }, ...plugins] })
  client.on('params', ({ payload: { raw, props, traits, userId } }) => seen.push({ raw, props, traits, userId }))
  await new Promise((resolve) => setTimeout(resolve, 40))
  const { userId = null, anonymousId, traits = {} } = client.user()
  const isGiven = /an_aid/.test(search)
  return { seen, userId, traits, anonymousId: isGiven ? anonymousId : typeof anonymousId }
}

beforeEach(() => {
  world.happyDOM.setURL('https://www.example.com/')
})

describe('parameters that say who the visitor is and what happened', () => {
  it.each([
    '?an_uid=alice&an_trait_plan=team&an_trait_seats=3',
    '?an_uid=alice&an_aid=anonymous-1',
    '?an_aid=anonymous-1',
    '?an_event=buttonClicked&an_prop_label=St%C3%A4rt+now&an_prop_b=2',
    '?an_uid=alice&an_aid=anonymous-1&an_event=x&an_prop_a=1&an_trait_b=2',
    '?an_trait_b=2&an_prop_a=1&other=3',
    '?other=3',
    '',
  ])('are honoured as analytics does: %s', async (search) => {
    expect(await open(ours, search, [urlParameters()])).toEqual(await open(theirs, search))
  })

  it('are ignored without the plugin', async () => {
    const { seen, userId, anonymousId } = await open(ours, '?an_uid=alice&an_aid=anonymous-1&an_event=x')
    expect({ userId, calls: seen.length }).toEqual({ userId: null, calls: 1 })
    expect(anonymousId).not.toBe('anonymous-1')
  })

  it('make no id of what is none', async () => {
    const { userId, anonymousId } = await open(ours, '?an_uid=%3Cb%3E&an_aid=a%3Bb', [urlParameters()])
    expect(userId).toBeNull()
    expect(anonymousId).not.toBe('a;b')
  })
})
