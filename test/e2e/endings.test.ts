import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleText } from '../helpers/bundle'
import { engines, type Profile, type Tab } from '../helpers/engines'
import { type FaultProxy, startFaultProxy } from '../helpers/fault-proxy'
import { type FaultServer, namesOf, startFaultServer } from '../helpers/fault-server'

const EVENTS = 20

const client = `import Analytics from './src/browser/index'
  import { collector } from './plugins/collector'
  addEventListener('pageshow', ({ persisted }) => { window.isRestored = persisted })
  window.analytics = Analytics({ app: 'test', plugins: [collector({ endpoint: '/', projectKey: 'pk' })] })`

/** `/` is a page with the client, `/no-locks` one of a browser without Web Locks, `/plain` has no client. */
const html = (path: string) =>
  `<!doctype html><title>${path}</title>
  ${path.startsWith('/no-locks') ? '<script>delete Navigator.prototype.locks</script>' : ''}
  ${path.startsWith('/plain') ? '' : '<script src="/script.js"></script>'}`

describe.each(engines)('the end of a page in $name', { timeout: 60_000 }, ({ name, skip, use }) => {
  describe.skipIf(skip())('', () => {
    const browser = use()
    let script: string
    let server: FaultServer
    let network: FaultProxy
    let visitor: Profile

    beforeAll(async () => {
      script = await bundleText(client)
    }, 60_000)
    beforeEach(async () => {
      server = await startFaultServer(({ path }) =>
        path === '/script.js' ? { type: 'text/javascript', body: script } : { type: 'text/html', body: html(path) },
      )
      network = await startFaultProxy(server.url)
      visitor = await browser.newProfile()
    }, 60_000)
    afterEach(async () => {
      await network.close()
      await server.close()
    })

    const open = async (path = '/'): Promise<Tab> => {
      const tab = await visitor.openTab()
      await tab.goto(network.url + path)
      return tab
    }
    /** Makes the calls and what ends the page, in one task of the page. */
    const trackThen = (tab: Tab, ending = '', prefix = 'e') =>
      tab.evaluate(
        `(() => { for (let index = 0; index < ${EVENTS}; index++) analytics.track('${prefix}' + index); ${ending} })()`,
      )
    const named = (...prefixes: string[]) =>
      prefixes.flatMap((prefix) => Array.from({ length: EVENTS }, (_, index) => prefix + index)).sort()
    const allArrive = (...prefixes: string[]) =>
      expect.poll(() => [...server.stored.keys()].sort(), { timeout: 20_000 }).toEqual(named(...prefixes))
    /** Whatever came again in the request of an exit, whose answer nobody could read. */
    const storedOnce = () => expect(server.ids.size).toBe(server.stored.size)
    const sentOnce = () => expect([...server.stored].filter(([, times]) => times !== 1)).toEqual([])
    /** The tab has asked for each of these, and was refused. */
    const areRefused = (...prefixes: string[]) => {
      const asked = () => server.received.flatMap(({ path, body }) => (path === '/v1/batch' ? namesOf(body) : []))
      return expect.poll(asked, { timeout: 20_000 }).toEqual(expect.arrayContaining(named(...prefixes)))
    }
    const entries = (tab: Tab) =>
      tab.evaluate<number>(`Object.keys(localStorage).filter((key) => key.startsWith('__fh_q:')).length`)

    it.each([
      ['navigates to a page without the client', `location.href = '/plain'`],
      ['navigates to a page with the client', `location.href = '/?next'`],
      ['reloads', 'location.reload()'],
    ])('20 calls and in the same task it %s: all arrive at once', async (_, ending) => {
      await trackThen(await open(), ending)
      await allArrive('e')
    })

    it('two tabs with 20 calls each are closed together: all 40 arrive', async () => {
      const tabs = [await open(), await open()]
      await Promise.all(tabs.map((tab, index) => trackThen(tab, '', `${index}-`)))
      await Promise.all(tabs.map((tab) => tab.close()))
      await allArrive('0-', '1-')
    })

    it('an outage and the tab is closed: the next visit delivers all', async () => {
      server.isDown = true
      const tab = await open()
      await trackThen(tab)
      await areRefused('e')
      await tab.close()
      server.isDown = false
      await open()
      await allArrive('e')
      storedOnce()
    })

    it('an outage and the page is left, where there are no Web Locks: the next visit delivers all', async () => {
      server.isDown = true
      const tab = await open('/no-locks')
      expect(await tab.evaluate('navigator.locks')).toBeFalsy()
      await trackThen(tab, `location.href = '/plain'`)
      await areRefused('e')
      server.isDown = false
      await open('/no-locks')
      await allArrive('e')
      storedOnce()
    })

    it('no event is sent by two tabs that live, where there are no Web Locks', async () => {
      server.isDown = true
      const tabs = [await open('/no-locks'), await open('/no-locks')]
      for (const [index, tab] of tabs.entries()) await trackThen(tab, '', `${index}-`)
      await areRefused('0-', '1-')
      server.isDown = false
      await allArrive('0-', '1-')
      sentOnce()
    })

    it('localStorage is full: all arrive while the page lives, and it counts what was not kept', async () => {
      const tab = await open()
      await tab.evaluate(`(() => {
        for (let size = 1 << 22; size; size >>= 1)
          try { for (let index = 0; ; index++) localStorage.setItem(size + '-' + index, 'x'.repeat(size)) } catch {}
      })()`)
      await trackThen(tab)
      await allArrive('e')
      sentOnce()
      expect(await tab.evaluate(`analytics.getState('delivery').quotaRefusals`)).toBeGreaterThanOrEqual(EVENTS)
      expect(await tab.evaluate(`analytics.getState('delivery').dropped`)).toEqual({})
    })

    it('no network, and then there is one again: all arrive, once', async () => {
      const tab = await open()
      network.become({ kind: 'close' })
      await trackThen(tab)
      await expect.poll(() => tab.evaluate(`analytics.getState('delivery').retried`), { timeout: 20_000 }).not.toBe(0)
      network.become({ kind: 'none' })
      await allArrive('e')
      sentOnce()
    })

    it('no network and the tab is closed: the next visit delivers all', async () => {
      const tab = await open()
      network.become({ kind: 'close' })
      await trackThen(tab)
      await tab.close()
      network.become({ kind: 'none' })
      await open()
      await allArrive('e')
      storedOnce()
    })

    it('its process is killed in an outage: another tab delivers all, once', async () => {
      server.isDown = true
      const [living, dying] = [await open(), await open()]
      await trackThen(dying)
      await trackThen(living, '', 'l')
      await areRefused('e', 'l')
      await dying.kill()
      server.isDown = false
      // The living one does it, unless the browser has put both into one process, or ends when one is killed.
      void open().catch(() => {})
      await allArrive('e', 'l')
      sentOnce()
    })

    it('it comes back from the back/forward cache, and goes on', async () => {
      const tab = await open()
      await trackThen(tab)
      await allArrive('e')
      await expect.poll(() => entries(tab)).toBe(0)
      await tab.evaluate(`void (location.href = '/plain')`)
      await expect.poll(() => tab.evaluate('document.title')).toBe('/plain')
      await tab.evaluate('void setTimeout(() => history.back())')
      await expect.poll(() => tab.evaluate('globalThis.isRestored'), { timeout: 5000 }).toBe(true)
      await trackThen(tab, '', 'b')
      await allArrive('b', 'e')
      sentOnce()
    })

    it('it goes back where another tab has delivered meanwhile what it had, and sends only what is new', async () => {
      server.isDown = true
      const tab = await open()
      await trackThen(tab)
      await areRefused('e')
      await tab.evaluate(`void (location.href = '/plain')`)
      await expect.poll(() => tab.evaluate('document.title')).toBe('/plain')
      server.isDown = false
      await open('/?other')
      await allArrive('e')
      await tab.evaluate('void setTimeout(() => history.back())')
      await expect.poll(() => tab.evaluate('document.title')).toBe('/')
      // Firefox keeps no page that holds a Web Lock, and one that waits for the receiver does.
      expect(await tab.evaluate('globalThis.isRestored')).toBe(name !== 'Firefox')
      await trackThen(tab, '', 'b')
      await allArrive('b', 'e')
      storedOnce()
    })
  })
})
