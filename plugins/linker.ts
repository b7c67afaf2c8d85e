import type { HookArgument, Plugin } from '../src/core/plugin'

export interface LinkerOptions {
  /** Hosts of yours that are other sites to the browser: `shop.example`, or `*.example.org` for any one label. */
  domains: readonly string[]
  /** Name of the parameter that links get; the same on all domains. @default '_fh' */
  parameter?: string
  /** How long a link is good after the click. @default 120000 (2 minutes) */
  maxAgeMs?: number
}

/** The part of a page that is used here. */
interface Page {
  document?: {
    referrer: string
    baseURI: string
    createElement(name: 'input'): PageElement & { type: string; name: string; value: string }
    addEventListener(type: string, listener: (event: PageEvent) => void, capture: true): void
  }
  location: { origin: string; protocol: string; hostname: string; pathname: string; search: string; hash: string }
  history: { state: unknown; replaceState(state: unknown, title: string, url: string): void }
  navigator: { userAgent: string; language: string }
  URL: new (url: string, base?: string) => { protocol: string; hostname: string; search: string; href: string }
  setTimeout(callback: () => void): unknown
}

interface PageElement {
  tagName?: string
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  append(child: PageElement): void
  remove(): void
}

interface PageEvent {
  button?: number
  target: PageElement
  submitter?: PageElement | null
  composedPath(): PageElement[]
}

const page = globalThis as unknown as Page

/** `1.<time>.<check>.<anonymous id>`, the time in base 36 milliseconds; the id as strict as the client takes it. */
const format = /^1\.([\da-z]{1,9})\.([\da-z]{1,7})\.([^\p{Cc}\p{Cs}<>"\\;]{1,200})$/u

/**
 * Takes the anonymous id along to other domains of yours: links and forms that lead there get a parameter when they
 * are followed, and a page that is entered with it adopts the id, and removes it from the address. Only if the link is
 * fresh, was followed in the same browser, and on one of `domains`: anybody can write a link. Use it on all of them.
 * Throws where an option is missing or cannot be.
 */
export const linker = (options = {} as LinkerOptions): Plugin => {
  const { domains, parameter = '_fh', maxAgeMs = 120_000 } = options
  check({ domains, parameter, maxAgeMs })
  const isNamed = (host: string) => domains.includes(host) || domains.includes(host.replace(/^[^.]+/, '*'))

  /** Where a link leads, with the parameter; null where it is not for a named domain. */
  function decorate(address: string, token: string): string | null {
    const url = toUrl(address, page.document?.baseURI)
    const { hostname, protocol } = page.location
    // What a page with TLS hands on, nobody on the way may read.
    if (!url || (url.protocol !== 'https:' && url.protocol !== protocol)) return null
    if (url.hostname === hostname || !isNamed(url.hostname)) return null
    const { value, others } = takeOut(url.search, parameter)
    // Another linker of the page has lent it, and takes it back.
    if (value && readToken(value, maxAgeMs)) return null
    url.search = [...others, `${parameter}=${encodeURIComponent(token)}`].join('&')
    return url.href
  }

  function follow({ instance }: HookArgument, event: PageEvent) {
    const anonymousId = instance.user('anonymousId')
    if (!anonymousId || !instance.getState('plugins.linker.enabled') || event.button === 2) return
    // Without consent() this listener is there only where nothing can be denied any more.
    if (instance.consent && Object.values(instance.consent.state())[0] !== 'granted') return
    const token = toToken(`${anonymousId}`, Date.now().toString(36))
    const { submitter, target } = event
    if (submitter === undefined) {
      const link = event.composedPath().find(({ tagName }) => /^(a|area)$/i.test(tagName ?? ''))
      const address = link?.getAttribute('href')
      const decorated = address && decorate(address, token)
      if (decorated) lend(link as PageElement, 'href', decorated)
      return
    }
    const [element, attribute] =
      submitter?.getAttribute('formaction') != null ? [submitter, 'formaction'] : [target, 'action']
    const decorated = decorate(element.getAttribute(attribute) ?? '', token)
    if (!decorated) return
    const method = submitter?.getAttribute('formmethod') ?? target.getAttribute('method') ?? 'get'
    // The fields of such a form replace the query of its address.
    if (/^get$/i.test(method)) lendField(target, parameter, token)
    else lend(element, attribute, decorated)
  }

  // At once, although the id may have to wait for consent.
  const token = takeFromAddress(parameter)
  const isTrusted = token && isNamed(toUrl(page.document?.referrer ?? '')?.hostname ?? '')
  const entered = isTrusted ? readToken(token, maxAgeMs) : null
  return {
    name: 'linker',
    bootstrap({ instance }) {
      if (entered) instance.setAnonymousId(entered)
    },
    initialize(argument: HookArgument) {
      // In the capture phase: a handler of the page that reads the address gets the whole one.
      for (const type of ['click', 'auxclick', 'submit']) {
        page.document?.addEventListener(type, (event) => follow(argument, event), true)
      }
    },
  }
}

function check({ domains, parameter, maxAgeMs }: Required<LinkerOptions>): void {
  const isHost = (domain: unknown) => /^(\*\.[a-z\d-]+\.)?[a-z\d-]+(\.[a-z\d-]+)*$/.test(`${domain}`)
  if (!Array.isArray(domains) || !domains[0] || !domains.every(isHost)) {
    throw new Error("[firsthand] linker: domains: set it to hosts such as 'shop.example' or '*.example.org'")
  }
  if (!/^[\w-]+$/.test(parameter)) throw new Error('[firsthand] linker: parameter: only letters, digits, - and _')
  if (!(maxAgeMs > 0)) throw new Error('[firsthand] linker: maxAgeMs: set it to milliseconds')
}

function toUrl(address: string, base?: string) {
  try {
    return new page.URL(address, base)
  } catch {
    return null
  }
}

/** The value of a parameter, and the other parts of the query as they stand there. */
function takeOut(search: string, parameter: string): { value: string | undefined; others: string[] } {
  const parts = search.slice(1).split('&')
  const isIt = (part: string) => part.split('=')[0] === parameter
  return {
    value: parts.find(isIt)?.slice(parameter.length + 1),
    others: parts.filter((part) => part && !isIt(part)),
  }
}

/** The value of the parameter that this page was entered with; it stands in the address no longer. */
function takeFromAddress(parameter: string): string | undefined {
  if (!page.document) return
  const { origin, pathname, search, hash } = page.location
  const { value, others } = takeOut(search, parameter)
  if (value === undefined) return
  const query = others.join('&')
  // With the origin: a path that begins with two slashes would be another host.
  page.history.replaceState(page.history.state, '', origin + pathname + (query && `?${query}`) + hash)
  return value
}

/** A link that is copied to somebody else has another browser or language there; it is no secret. */
function toToken(id: string, time: string): string {
  const { userAgent, language } = page.navigator
  let check = 0x811c9dc5
  for (const char of [id, time, userAgent, language].join('\n')) {
    check = Math.imul(check ^ (char.codePointAt(0) as number), 0x01000193)
  }
  return `1.${time}.${(check >>> 0).toString(36)}.${id}`
}

/** The id of a link that is fresh and of this browser; else null, whatever stands there. */
function readToken(value: string, maxAgeMs: number): string | null {
  try {
    const token = decodeURIComponent(value)
    const [, time = '', , id = ''] = format.exec(token) ?? []
    const isFresh = Math.abs(Date.now() - parseInt(time, 36)) <= maxAgeMs
    return isFresh && token === toToken(id, time) ? id : null
  } catch {
    return null
  }
}

/** Changed until the browser has followed it: a link that is copied later must not carry an id. */
function lend(element: PageElement, attribute: string, value: string): void {
  const before = element.getAttribute(attribute) ?? ''
  element.setAttribute(attribute, value)
  page.setTimeout(() => element.setAttribute(attribute, before))
}

function lendField(form: PageElement, name: string, value: string): void {
  const field = Object.assign((page.document as NonNullable<Page['document']>).createElement('input'), {
    type: 'hidden',
    name,
    value,
  })
  form.append(field)
  page.setTimeout(() => field.remove())
}
