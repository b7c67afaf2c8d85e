import type { Browser, Page } from 'playwright-core'
import type { WebDriver } from 'selenium-webdriver'
import { launchChromiumWithCache, launchFirefox, skipWithoutChromium, skipWithoutFirefox } from './chromium'
import { killProcessOf } from './page-process'
import { useBrowser } from './use-browser'
import { skipWithoutWebKit, useWebKit } from './use-webkit'

export interface Tab {
  goto(url: string): Promise<void>
  /** Of an expression; what it starts is not waited for, so that it may end the page. */
  evaluate<Result>(expression: string): Promise<Result>
  /** As a visitor does it: the page hears that it goes. */
  close(): Promise<void>
  /** Its process ends, and no handler of the page runs. */
  kill(): Promise<void>
}

/** A browser profile of its own, empty at first, for one test. */
export interface Profile {
  openTab(): Promise<Tab>
}

/** What tests of all engines need of each. */
export interface Engine {
  name: string
  skip(): boolean
  /** In a `describe`: starts what the engine needs. */
  use(): { newProfile(): Promise<Profile> }
}

const tabOfPage = (page: Page): Tab => {
  const evaluate = <Result>(expression: string) => page.evaluate(expression) as Promise<Result>
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate,
    close: () => page.close(),
    kill: () => killProcessOf(evaluate),
  }
}

const withPlaywright = (name: string, skip: () => boolean, launch: () => Promise<Browser>): Engine => ({
  name,
  skip,
  use() {
    const browser = useBrowser(launch)
    return {
      async newProfile() {
        const context = await browser.newContext()
        return { openTab: async () => tabOfPage(await context.newPage()) }
      },
    }
  },
})

/** WebDriver talks to one window at a time. */
function profileOfSession(session: WebDriver): Profile {
  let last: Promise<unknown> = Promise.resolve()
  let home: string | undefined
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    openTab: () =>
      inTurn(async () => {
        // The first window stays: the session ends with the last one, and opens others from one that is there.
        home ??= await session.getWindowHandle()
        await session.switchTo().window(home)
        await session.switchTo().newWindow('tab')
        const handle = await session.getWindowHandle()
        const inTab = <Result>(work: () => Promise<Result>) =>
          inTurn(async () => {
            await session.switchTo().window(handle)
            return work()
          })
        const evaluate = <Result>(expression: string) =>
          inTab(() => session.executeScript<Result>(`return (${expression})`))
        return {
          goto: (url) => inTab(() => session.get(url)),
          evaluate,
          close: () => inTab(() => session.close()),
          kill: () => killProcessOf(evaluate),
        }
      }),
  }
}

const webKit: Engine = {
  name: 'WebKit',
  skip: skipWithoutWebKit,
  use() {
    const { newSession } = useWebKit()
    return { newProfile: async () => profileOfSession(await newSession()) }
  },
}

export const engines: readonly Engine[] = [
  withPlaywright('Chromium', skipWithoutChromium, launchChromiumWithCache),
  withPlaywright('Firefox', skipWithoutFirefox, launchFirefox),
  webKit,
]
