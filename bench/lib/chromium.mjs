import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a Chromium on this machine, or undefined. */
export const chromiumPath = [process.env.CHROMIUM_PATH, ...places].find((path) => path && existsSync(path))

/** `more`: further arguments for Chromium. */
export function launchChromium(more = []) {
  if (!chromiumPath) throw new Error('no Chromium found: set CHROMIUM_PATH or install one')
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
      ...more,
    ],
  })
}
