/**
 * The keys that a request may mean, best first: Basic auth user name, project key or write key in the body,
 * `?writeKey=`. All of them, since behind a site's own Basic auth a browser adds a user name that is no key.
 */
export function requestKeys(request: { authorization?: string; body: unknown; query?: string }): string[] {
  const keys = [basicUser(request.authorization), bodyKey(request.body), request.query]
  return keys.filter((key): key is string => Boolean(key))
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
