export interface KeyPlaces {
  authorization?: string
  /** Header `X-Write-Key`. */
  writeKey?: string
  body?: unknown
  query?: string
}

/**
 * The keys that a request may mean, best first: `X-Write-Key`, Basic auth user name, project key or write key in the
 * body, `?writeKey=`. All of them, since behind a site's own Basic auth a browser adds a user name that is no key.
 */
export function requestKeys({ authorization, writeKey, body, query }: KeyPlaces): string[] {
  const keys = [...pairedKeys(writeKey), basicUser(authorization), bodyKey(body), firstEventKey(body), query]
  return keys.filter((key): key is string => Boolean(key))
}

/** Jitsu's clients insist on `key:secret`; a project has the first part alone, unless its key has a colon too. */
function pairedKeys(writeKey: string | undefined): (string | undefined)[] {
  return writeKey === undefined ? [] : [writeKey, writeKey.split(':')[0]]
}

function basicUser(authorization: string | undefined): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return null
  try {
    // Segment's clients send `key:`, others the key without the colon.
    return atob(encoded.replaceAll('-', '+').replaceAll('_', '/')).split(':')[0] || null
  } catch {
    return null
  }
}

function bodyKey(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null
  const { projectKey, writeKey } = body as { projectKey?: unknown; writeKey?: unknown }
  if (typeof projectKey === 'string' && projectKey !== '') return projectKey
  return typeof writeKey === 'string' && writeKey !== '' ? writeKey : null
}

/** Segment's browser client writes the key into every event, others into events alone. */
function firstEventKey(body: unknown): string | null {
  const events = Array.isArray(body) ? body : (body as { batch?: unknown } | null)?.batch
  return Array.isArray(events) ? bodyKey(events[0]) : null
}
