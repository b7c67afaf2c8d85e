import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, firefox } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const firefoxPlaces = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

const find = (paths: string[]) => paths.find((path) => path && existsSync(path)) ?? null

/** Path of a Chromium on this machine, or null. `CHROMIUM_PATH=none` behaves as if there were none. */
export const chromiumPath =
  process.env.CHROMIUM_PATH === 'none' ? null : find([process.env.CHROMIUM_PATH ?? '', ...places])

const firefoxPath = find([process.env.FIREFOX_PATH ?? '', ...firefoxPlaces])

/** Tests that need nothing of one engine alone run in the first browser that is found. */
export function skipWithoutBrowser(): boolean {
  return firefoxPath ? false : skipWithoutChromium()
}

export function launchBrowser(): Promise<Browser> {
  return chromiumPath || !firefoxPath ? launchChromium() : launchFirefox()
}

export function launchFirefox(): Promise<Browser> {
  if (!firefoxPath) throw new Error('no Firefox found')
  // A stock Firefox speaks WebDriver BiDi, which is what this channel means.
  const executablePath = fileURLToPath(new URL('firefox.sh', import.meta.url))
  return firefox.launch({ channel: 'moz-firefox', executablePath, env: { ...process.env, FIREFOX_PATH: firefoxPath } })
}

/**
 * `describe.skipIf(skipWithoutChromium())`: skips browser tests with one clear line where no Chromium is found,
 * and fails under CI, where a skipped browser test would be a hole nobody sees.
 */
export const skipWithoutChromium = () => skipWithout(chromiumPath, 'Chromium', 'CHROMIUM_PATH', 'chromium')

export const skipWithoutFirefox = () => skipWithout(firefoxPath, 'Firefox', 'FIREFOX_PATH', 'firefox-esr')

export function skipWithout(path: string | null, browser: string, variable: string, packages: string): boolean {
  if (path) return false
  if (process.env.CI)
    throw new Error(`no ${browser} found; CI must install it (set ${variable} or apt-get install ${packages})`)
  console.warn(`skipped: no ${browser} found (set ${variable} to run its tests)`)
  return true
}

/** Playwright turns the back/forward cache off, which visitors have. */
export const launchChromiumWithCache = () => launchChromium([], ['--disable-back-forward-cache'])

export function launchChromium(moreArgs: readonly string[] = [], ignoreDefaultArgs: string[] = []): Promise<Browser> {
  if (!chromiumPath) throw new Error('no Chromium found')
  return chromium.launch({
    executablePath: chromiumPath,
    ignoreDefaultArgs,
    // Without these a headless Chromium looks up hosts of its vendor at every start.
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...moreArgs,
    ],
  })
}
