// The snippet that a page carries in itself: it takes calls until the script has loaded, which then makes them.
// A classic script of at most 400 bytes when it is minified; README.md shows it.

/** What stands in for the script's own object. */
export interface Stub {
  queue: unknown[]
  collector(options: object): object
  init(config?: unknown): object
}

/** Works like a client as far as nothing has to be answered: every method, however deep, gives a promise. */
const methodOf = (client: object, path: PropertyKey[]): object =>
  new Proxy(() => {}, {
    // Not a promise itself, for those who await the client, and nothing for those who make text of it: no symbols either.
    get: (_target, key) => (key as string).at && !/^t(hen|oJ)/.test(key as string) && methodOf(client, [...path, key]),
    apply: (_target, _self, args) =>
      new Promise((settle) => {
        // Nobody waits for ever for a script that was blocked.
        setTimeout(settle, 1e4, {})
        if (!queue[999]) queue.push([client, path, args, settle, Date.now(), page.location.href])
      }),
  })

const page = globalThis as unknown as { location: { href: string }; firsthand: Stub; _analytics?: Stub }
const queue: unknown[] = []

page.firsthand ??= {
  queue,
  // One that is not there yet: made when the script is.
  collector: (options) => () => page.firsthand.collector(options),
  init(config) {
    const client = {}
    queue.push([client, config])
    return Object.setPrototypeOf(client, methodOf(client, []))
  },
}
page._analytics ??= page.firsthand
