import { toCampaign } from '../core/campaign'
import type { EventContext } from '../core/event'

/** A Fetch `Request`, an `IncomingMessage`, or the request of a framework that has its headers likewise. */
export interface RequestLike {
  headers: { get(name: string): string | null } | { [name: string]: string | string[] | undefined }
  method?: string
  url?: string
  /** Express and Fastify: the address before routers have cut it. */
  originalUrl?: string
  socket?: { encrypted?: boolean; remoteAddress?: string } | null
}

export interface RequestInfoOptions {
  /** The visitor's address, where the caller knows it. */
  ip?: string
  /** How many proxies in front of this server are trusted; `true` is one. */
  trustProxy?: boolean | number
}

export interface RequestInfo {
  /** The first of this name, decoded; undefined where there is none. */
  cookie(name: string): string | undefined
  isSecure: boolean
  context: EventContext
  /** As the SDK in browsers gives them to `page()`. */
  pageProperties: Record<string, unknown>
}

/** What one request tells of the visitor. Whatever is damaged or foreign counts as absent. */
export function readRequest(request: RequestLike, { ip, trustProxy }: RequestInfoOptions): RequestInfo {
  const hops = Number(trustProxy ?? 0)
  const header = (name: string) => headerOf(request, name)
  const forwarded = (name: string) => (hops ? fromRight(header(name), hops) : undefined)
  const url = addressOf(request, forwarded)
  const page = pageOf(request, url, header)
  const locale = /^[a-z]{2,3}(-[a-z\d]{2,8})*(?=[,;\s]|$)/i.exec(header('accept-language'))?.[0]
  const address = ip ?? forwarded('x-forwarded-for')
  const userAgent = header('user-agent').slice(0, 1000)
  const campaign = page.url && toCampaign(Object.fromEntries(new URL(page.url).searchParams))
  return {
    cookie: (name) => cookieOf(header('cookie'), name),
    isSecure: url ? url.protocol === 'https:' : request.socket?.encrypted === true,
    context: {
      ...(userAgent && { userAgent }),
      ...(locale && { locale }),
      ...(page.url && { page }),
      ...(campaign && { campaign }),
      ...(address && isAddress(address) && { ip: address }),
    },
    pageProperties: { ...page },
  }
}

function headerOf({ headers }: RequestLike, name: string): string {
  const value = typeof headers.get === 'function' ? headers.get(name) : (headers as Record<string, unknown>)[name]
  return Array.isArray(value) ? value.join(', ') : ((value as string | null | undefined) ?? '')
}

/** Each proxy adds to the right, so only what the trusted ones have added is true. */
function fromRight(list: string, hops: number): string | undefined {
  const parts = list.split(',').map((part) => part.trim())
  return parts.at(-Math.min(hops, parts.length)) || undefined
}

const isAddress = (text: string): boolean => /^[\da-f.:]{2,45}$/i.test(text)

function toUrl(text: string, base?: string): URL | undefined {
  try {
    const url = new URL(text, base)
    return /^https?:$/.test(url.protocol) ? url : undefined
  } catch {
    return undefined
  }
}

function addressOf(request: RequestLike, forwarded: (name: string) => string | undefined): URL | undefined {
  const path = request.originalUrl ?? request.url ?? ''
  const host = forwarded('x-forwarded-host') ?? headerOf(request, 'host')
  const protocol = forwarded('x-forwarded-proto') ?? (request.socket?.encrypted ? 'https' : 'http')
  const url = toUrl(path, host ? `${protocol}://${host}` : undefined)
  // A Fetch request names the address that this server was asked for, which a proxy may have changed.
  if (url && forwarded('x-forwarded-proto'))
    return toUrl(`${protocol}://${host || url.host}${url.pathname}${url.search}`)
  return url
}

type Page = NonNullable<EventContext['page']>

/** The page that the visitor sees: this one where the browser asks for a document, else the one that asks. */
function pageOf(request: RequestLike, url: URL | undefined, header: (name: string) => string): Page {
  const isRead = /^(GET|HEAD)?$/.test(request.method ?? 'GET')
  const wanted = header('sec-fetch-dest') || (isRead && header('accept').includes('text/html') ? 'document' : '')
  const referrer = toUrl(header('referer'))
  const isDocument = /^i?frame$|^document$/.test(wanted)
  const shown = isDocument ? url : referrer
  if (!shown) return {}
  const { href, pathname: path, search } = shown
  return { url: href, path, search, ...(isDocument && { referrer: referrer?.href ?? '' }) }
}

function cookieOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key, value] = [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]
    if (key !== name) continue
    try {
      return decodeURIComponent(value)
    } catch {
      return undefined
    }
  }
  return undefined
}
