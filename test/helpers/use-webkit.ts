import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { skipWithout } from './chromium'
import { freePort } from './free-port'
import { within } from './within'

const driverPath = '/usr/bin/WebKitWebDriver'
const browserPath = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

const isThere = [driverPath, browserPath, '/usr/bin/xvfb-run'].every((path) => existsSync(path))

export const skipWithoutWebKit = () =>
  skipWithout(isThere ? browserPath : null, 'WebKit', 'none', 'webkit2gtk-driver xvfb xauth')

const CLOSE_MS = 5_000

/** A browser of its own for each call, with an empty profile, ended with the test. WebKit speaks WebDriver alone. */
export function useWebKit(): { newSession(): Promise<WebDriver> } {
  let service: ChildProcess
  let url: string
  const sessions: WebDriver[] = []

  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    // A group of its own, so that the display, the driver and its browsers end together.
    const command = ['-a', driverPath, `--port=${port}`, '--host=127.0.0.1']
    service = spawn('xvfb-run', command, { stdio: 'ignore', detached: true })
    const isUp = () =>
      fetch(`${url}/status`).then(
        ({ ok }) => ok,
        () => false,
      )
    while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 50))
  }, 60_000)
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => within(CLOSE_MS, session.quit())))
  })
  afterAll(() => {
    if (service?.pid) process.kill(-service.pid)
  })

  return {
    async newSession() {
      const options = { binary: browserPath, args: ['--automation'] }
      const capabilities = new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options })
      const session = await new Builder().usingServer(url).withCapabilities(capabilities).build()
      sessions.push(session)
      return session
    },
  }
}
