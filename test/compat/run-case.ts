import { type Case, type Library, plain } from './case'

/** What a case comes to on each of the two. */
export interface Comparison {
  analytics: unknown
  firsthand: unknown
}

const expires = 'path=/;expires=Thu, 01 Jan 1970 00:00:00 GMT'

/** Nobody has been here before: what the visitor of the case before left is removed. */
function forget(): void {
  // Where `analytics` keeps what no storage takes, in Node all that it knows.
  Object.assign(globalThis, { __global__: {} })
  if (typeof document === 'undefined') return
  localStorage.clear()
  sessionStorage.clear()
  const { hostname } = location
  const domains = ['', `;domain=${hostname}`, `;domain=${hostname.split('.').slice(-2).join('.')}`]
  for (const cookie of document.cookie.split('; ')) {
    for (const domain of domains) document.cookie = `${cookie.split('=')[0]}=;${expires}${domain}`
    document.cookie = `${cookie.split('=')[0]}=;expires=Thu, 01 Jan 1970 00:00:00 GMT`
  }
}

/** Runs the case on both, one after the other. */
export async function runCase({ run }: Case, analytics: Library, firsthand: Library): Promise<Comparison> {
  const comeTo = async (library: Library) => {
    forget()
    try {
      return plain(await run(library.Analytics, library))
    } catch (error) {
      return `threw ${(error as Error).stack}`
    }
  }
  return { analytics: await comeTo(analytics), firsthand: await comeTo(firsthand) }
}
