import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { launchChromium } from './chromium'
import { within } from './within'

export interface TestBrowser {
  /** With storage of its own. Closed at the end of the test that made it, or of the file where none did. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>
}

/** A page that is navigating on a busy machine can keep its context from closing for ever. */
const CLOSE_MS = 5_000
const NEW_CONTEXT_MS = 20_000

/**
 * One browser for the tests of a `describe`, started before the first and ended after the last. No tear-down of it
 * fails or hangs a test: a browser that does not close a context in time is given up, and the next test has a new one.
 */
export function useBrowser(launch: () => Promise<Browser> = launchChromium, closeMs = CLOSE_MS): TestBrowser {
  let browser: Promise<Browser> | undefined
  let ofTest: BrowserContext[] | undefined
  const ofFile: BrowserContext[] = []

  const running = () => (browser ??= launch())
  const giveUp = async () => {
    const given = browser
    browser = undefined
    // What does not end now ends with this process.
    if (given)
      await within(
        closeMs,
        given.then((each) => each.close()),
      )
  }
  const close = async (contexts: BrowserContext[]) => {
    const closed = await Promise.all(contexts.map((context) => within(closeMs, context.close())))
    if (closed.some((each) => !each) && !ofFile.length) await giveUp()
  }

  beforeAll(async () => void (await running()), 60_000)
  beforeEach(() => {
    ofTest = []
  })
  afterEach(() => {
    const contexts = ofTest ?? []
    ofTest = undefined
    return close(contexts)
  })
  afterAll(giveUp)

  return {
    async newContext(options) {
      const make = async () => (await running()).newContext(options)
      let made = await within(NEW_CONTEXT_MS, make())
      if (!made && !ofFile.length) {
        await giveUp()
        made = { result: await make() }
      }
      if (!made) throw new Error('the browser makes no new context')
      const owned = ofTest ?? ofFile
      owned.push(made.result)
      return made.result
    },
  }
}
