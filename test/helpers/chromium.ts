import { existsSync } from 'node:fs'
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
  if (chromiumPath || !firefoxPath) return launchChromium()
  // A stock Firefox speaks WebDriver BiDi, which is what this channel means.
  return firefox.launch({ channel: 'moz-firefox', executablePath: firefoxPath })
}

/**
 * `describe.skipIf(skipWithoutChromium())`: skips browser tests with one clear line where no Chromium is found,
 * and fails under CI, where a skipped browser test would be a hole nobody sees.
 */
export function skipWithoutChromium(): boolean {
  if (chromiumPath) return false
  if (process.env.CI)
    throw new Error('no Chromium found; CI must install it (set CHROMIUM_PATH or apt-get install chromium)')
  console.warn('skipped: no Chromium found (set CHROMIUM_PATH to run the browser tests)')
  return true
}

export function launchChromium(moreArgs: readonly string[] = []): Promise<Browser> {
  if (!chromiumPath) throw new Error('no Chromium found')
  return chromium.launch({
    executablePath: chromiumPath,
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
