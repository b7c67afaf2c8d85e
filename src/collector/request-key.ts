/** The project key or write key that a request names: Basic auth user name, body, or `?writeKey=`; in this order. */
export function requestKey(request: { authorization?: string; body: unknown; query?: string }): string | null {
  return basicUser(request.authorization) ?? bodyKey(request.body) ?? (request.query || null)
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
