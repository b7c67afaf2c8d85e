import type { CommonClient, CreateClient, Values } from './case'

/** Calls that each vendor's script was given, by vendor. */
export type VendorCalls = Record<string, unknown[]>

const calls: VendorCalls = {}

/** As data. A plugin may pass on the client, which its methods get as last argument. */
const shown = (_: string, value: unknown) =>
  value === undefined ? '(undefined)' : (value as Values | null)?.enablePlugin ? '(the client)' : value

const record = (vendor: string, ...call: unknown[]) => {
  calls[vendor] ??= []
  calls[vendor]?.push(JSON.parse(JSON.stringify(call, shown)))
}

const page = globalThis as unknown as Record<string, unknown>

type Stub = unknown[] & Record<string, (...args: unknown[]) => unknown>

/** What the script of each vendor does in this world: it takes over the queue and writes calls down. */
export const vendorScripts: Record<string, () => void> = {
  'www.googletagmanager.com': () => {},
  'cdn.mxpnl.com': () => {},
  'cdn.segment.com': () => {
    const queue = page.analytics as Stub
    const methods = (queue.methods as unknown as string[]).map((name) => [
      name,
      (...args: unknown[]) => record('segment', name, ...args),
    ])
    const client = Object.fromEntries(methods) as Values
    page.analytics = { ...client, initialized: true, user: () => ({ anonymousId: () => 'segment-visitor' }) }
    for (const [name, ...args] of queue as [string, ...unknown[]][])
      (client[name] as (...args: unknown[]) => void)(...args)
  },
  'scripts.simpleanalyticscdn.com': () => {
    page.sa_event = (...args: unknown[]) => record('simple-analytics', ...args)
  },
  'assets.customer.io': () => {
    const queue = page._cio as Stub
    for (const call of queue) record('customerio', ...(call as unknown[]))
    queue.push = (call: unknown) => {
      record('customerio', ...(call as unknown[]))
      return 0
    }
    document.cookie = '_cio=visitor; path=/'
  },
}

/** Google and Mixpanel keep their calls in arrays of the page. */
function readArrays(): void {
  for (const args of (page.ga4DataLayer ?? []) as ArrayLike<unknown>[]) {
    const [name, ...rest] = Array.from(args)
    record('google-analytics', name, ...(name === 'js' ? ['(time)'] : rest))
  }
  const mixpanel = page.mixpanel as (unknown[] & { people: unknown[]; _i: unknown[] }) | undefined
  for (const call of mixpanel?._i ?? []) record('mixpanel', 'init', ...(call as unknown[]))
  for (const call of mixpanel ?? []) record('mixpanel', ...(call as unknown[]))
  for (const call of mixpanel?.people ?? []) record('mixpanel-people', ...(call as unknown[]))
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 60))

type Script = (client: CommonClient) => Promise<unknown>

export const scripts: Record<string, Script> = {
  async visit(client) {
    await new Promise((resolve) => client.ready(resolve))
    await client.page()
    await client.page({ title: 'Second', category: 'shop', send_to: 'G-1' }, { source: 'menu' })
    await client.track('Clicked', { label: 'Start', price: 4.5 }, { integrations: { All: false } })
    await client.track({ event: 'As object', a: 1 })
    await client.identify('ann', { plan: 'team' })
    await client.identify({ name: 'Ann' })
    await client.track('Known')
    await client.page()
    client.plugins.segment?.group?.('northyard', { seats: 3 })
    client.plugins['google-analytics']?.addTag?.('G-2', { send_page_view: false })
    client.plugins['google-analytics']?.disable?.('G-1')
    client.plugins.mixpanel?.alias?.('ann', 'visitor')
    await client.track('For one', {}, { plugins: { all: false, segment: true } })
    await client.plugins.disable('mixpanel')
    await client.track('Without one')
    await client.plugins.enable('mixpanel')
    await client.reset()
    await client.track('After log-out')
    await settled()
    record('page', document.cookie.includes('_cio='), page['ga-disable-G-1'])
  },
  /** Made before any vendor's script has come. */
  async 'at once'(client) {
    await Promise.all([client.page(), client.track('Early', { a: 1 }), client.track('Early too')])
    await new Promise((resolve) => client.ready(resolve))
    await client.track('Late')
  },
  async 'segment for known users alone'(client) {
    await settled()
    await client.identify('ann', { plan: 'team' })
    // Until what waited has been delivered: `track` would overtake it there (waiting-calls).
    for (let round = 0; round < 100 && !calls.segment; round++) await settled()
    await client.track('Known')
    await settled()
    record('page', client.user('anonymousId'), client.storage.getItem('__anon_id'))
  },
}

/** In a page: the script on a client with these plugins. */
export async function recordVendorCalls(
  create: CreateClient,
  plugins: unknown[],
  script: string,
): Promise<VendorCalls> {
  await scripts[script]?.(create({ plugins }))
  await settled()
  readArrays()
  return calls
}
