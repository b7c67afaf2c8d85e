import type { Collector } from '../../../src/collector'
import { describeScript } from '../../../src/collector'
import { adminToken, shopBatch, siteOrigin, track } from './test-collector'

export const script = 'console.log("the SDK")'

export interface Ask {
  method: string
  /** Below the base path, with its query. */
  path: string
  body?: unknown
  headers?: Record<string, string>
}

const bearer = { authorization: `Bearer ${adminToken}` }
const page = { origin: siteOrigin, 'content-type': 'application/json' }

const post = (path: string, body: unknown, headers: Record<string, string> = page): Ask => ({
  method: 'POST',
  path,
  body,
  headers,
})
const get = (path: string, headers: Record<string, string> = {}): Ask => ({ method: 'GET', path, headers })
const admin = (path: string) => get(path, bearer)
const change = (method: string, path: string, body: unknown): Ask => ({
  method,
  path,
  body,
  headers: { ...bearer, 'content-type': 'application/json' },
})

const types = ['track', 'identify', 'page', 'screen', 'group', 'alias']
const call = { writeKey: 'pk_shop', event: 'Called', anonymousId: 'a', userId: 'u', previousId: 'a', groupId: 'g' }
const custom = { projectKey: 'pk_shop', event_name: 'Custom' }
const tracker = { source: { id: 'pk_shop' }, session: { id: 's1' }, profile: { id: 'p1' } }
const wrongToken = { authorization: 'Bearer wrong-wrong-wrong-wrong' }

/** Requests that reach every route, with answers of every kind that can be had without a fault of the collector. */
export async function everyRequest(scriptName = 'firsthand.js'): Promise<Ask[]> {
  const { versionedName } = await describeScript(script, scriptName)
  const good = shopBatch({ ...track, messageId: 'm1' }, { type: 'nonsense' })
  return [
    ...['/v1/batch', '/v1/b', '/beacon/v1/batch'].map((path) => post(path, good)),
    ...[shopBatch({ type: 'x' }), { batch: [] }, '{'].map((body) => post('/v1/batch', body)),
    ...[post('/v1/batch', { batch: [track] }), post('/v1/batch', { ...good, projectKey: 'nobody' })],
    post('/v1/batch', good, { ...page, origin: 'https://evil.test' }),
    post('/v1/batch', shopBatch(...Array.from({ length: 2_501 }, () => 0))),
    post('/v1/batch', good, { ...page, 'content-encoding': 'br' }),
    ...types.flatMap((type) => [post(`/v1/${type}`, call), post(`/v1/${type[0]}`, call)]),
    ...[
      post('/v1/m', {}),
      get('/v1/projects/pk_shop/settings', { origin: siteOrigin }),
      get('/v1/projects/nobody/settings'),
    ],
    ...['/api/s/track', '/api/s/s2s/track'].map((path) => post(path, call)),
    ...[
      post('/api/s/nonsense', call),
      post('/api/s/track', {}),
      post('/api/s/event', { writeKey: 'pk_shop', type: 'page' }),
    ],
    post('/track', { ...tracker, events: [{ type: 'page-view' }] }),
    post('/track', {
      ...tracker,
      events: [{ type: 'page-view' }, { type: 'x', properties: { a: 'x'.repeat(40_000) } }],
    }),
    post('/track', { ...tracker, events: [{ type: 'x', properties: { a: 'x'.repeat(40_000) } }] }),
    ...[
      post('/track', tracker),
      post('/track', {}),
      post('/track', '{'),
      post('/track', { ...tracker, source: { id: 'nobody' } }),
    ],
    ...['GET', 'POST'].flatMap((method) =>
      ['/collect/page-view/pk_shop', '/collect/page-view/pk_shop/s2'].map(
        (path): Ask => ({ method, path, headers: page, body: method === 'POST' ? {} : undefined }),
      ),
    ),
    ...[post('/events', custom), post('/events', [custom, {}]), post('/events', {}), post('/events', '[')],
    ...[get('/pixel.gif?projectKey=pk_app&event=Seen'), get('/pixel.gif'), get('/pixel.gif?projectKey=pk_app&type=x')],
    ...[
      get(`/${scriptName}`),
      get(`/${versionedName}`),
      get(`/${versionedName.replace(/\w{12}(?=\.js$)/, '000000000000')}`),
    ],
    ...['/healthz', '/readyz', '/openapi.json'].map((path) => get(path)),
    ...[admin('/metrics'), get('/metrics'), get('/metrics', wrongToken)],
    ...['', '?limit=1', '?after=0', '?after=latest', '?limit=x'].map((query) => admin(`/admin/events${query}`)),
    ...['', '?by=day', '?by=year'].map((query) => admin(`/admin/stats${query}`)),
    ...['u?project=shop', 'nobody?project=shop', 'u'].map((path) => admin(`/admin/people/${path}`)),
    ...['', '?by=day', '?month=x'].map((query) => admin(`/admin/usage${query}`)),
    ...['SELECT 1 AS one', 'DELETE FROM events'].map((sql) => change('POST', '/admin/sql', { sql })),
    ...[
      change('POST', '/admin/projects', { id: 'added' }),
      change('POST', '/admin/projects', { id: 'added' }),
      change('POST', '/admin/projects', { id: '' }),
    ],
    ...['added', 'nobody', 'shop'].map((id) => change('PATCH', `/admin/projects/${id}`, { allowNoOrigin: true })),
    ...['rotate', 'revoke'].flatMap((verb) => [
      change('POST', `/admin/projects/added/${verb}`, { kind: 'secret' }),
      change('POST', `/admin/projects/x/${verb}`, { kind: 'secret' }),
    ]),
    ...[admin('/admin/projects'), get('/admin/projects'), post('/admin/projects', {}, bearer)],
    ...[
      admin('/live'),
      get(`/live?token=${adminToken}`),
      admin('/live/'),
      admin('/live/config'),
      admin('/live/app.js'),
      admin('/live/no.js'),
    ],
    ...[
      admin('/diagnose'),
      admin('/diagnose?page=nonsense'),
      get('/diagnose', wrongToken),
      admin('/diagnose/report?page=https://shop.example&mark=x&readable=1&host=a.example&scheme=https:&now=1'),
      change('POST', '/diagnose/probe', {}),
    ],
    ...[admin('/live/events?after=0'), admin('/live/person?project=shop&userId=u'), admin('/live/person')],
  ]
}

export async function ask(
  collector: Collector,
  { method, path, body, headers }: Ask,
  basePath = '',
): Promise<Response> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return collector.fetch(new Request(`http://collector.test${basePath}${path}`, { method, headers, body: text }))
}
