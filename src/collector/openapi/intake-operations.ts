import { type Operation, problems, query } from './operation'

const types = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const

const encoding = ['encoding', 'gzip, where the body is packed and no Content-Encoding says so'] as const
const writeKey = query(['writeKey', 'the project key, where neither header nor body has it'], [...encoding])
const refused = problems('Problem', 401, 403, 413, 415, 429, 503)

function segmentOperations(): Operation[] {
  const base = { method: 'post', tag: 'Segment', by: 'key', parameters: writeKey } as const
  const batches = ['/v1/batch', '/v1/b', '/beacon/v1/batch'].map((path): Operation => {
    const stored = { description: 'at least one event is stored, now or before', schema: 'Acceptance' } as const
    return {
      ...base,
      path,
      summary: 'Events of Segment, RudderStack and firsthand',
      body: 'Batch',
      answers: { ...refused, ...problems('BatchRefusal', 400), 200: stored },
    }
  })
  const calls = types.flatMap((type) =>
    [`/v1/${type}`, `/v1/${type[0]}`].map((path): Operation => {
      const answers = {
        ...refused,
        ...problems('BatchRefusal', 400),
        200: { description: 'stored, now or before', schema: 'Acceptance' },
      } as const
      return { ...base, path, summary: `One ${type} call`, body: 'Call', answers }
    }),
  )
  const metrics: Operation = {
    ...{
      ...base,
      by: 'nothing',
      parameters: [],
      path: '/v1/m',
      summary: "Metrics of Segment's client, which nobody reads",
    },
    answers: { 200: { description: 'dropped', schema: 'Accepted' } },
  }
  const settings: Operation = {
    ...{ method: 'get', tag: 'Segment', by: 'nothing', path: '/v1/projects/:key/settings' },
    summary: "What Segment's browser client asks for first",
    answers: {
      ...problems('Problem', 401, 403, 429),
      200: { description: 'where to send events', schema: 'SegmentSettings' },
    },
  }
  return [...batches, ...calls, metrics, settings]
}

const jitsuOperations = ['/api/s/:type', '/api/s/s2s/:type'].map(
  (path): Operation => ({
    ...{ method: 'post', path, tag: 'Jitsu', summary: 'One event', by: 'key', body: 'Call' },
    parameters: [{ name: 'X-Write-Key', in: 'header', description: 'the project key' }],
    answers: {
      ...problems('JitsuAnswer', 400, 401, 403, 413, 415, 429, 503),
      200: { description: 'stored', schema: 'JitsuAnswer' },
    },
  }),
)

function tracardiOperations(): Operation[] {
  const answers = {
    ...problems('TrackProblem', 400, 401, 403, 406, 413, 415, 422, 429, 503),
    200: { description: 'stored; null without events', schema: 'TrackAnswer' },
    226: { description: 'some events are in errors', schema: 'TrackAnswer' },
  } as const
  const parameters = query(['profile_less', 'true names no profile'])
  const base = { tag: 'Tracardi', by: 'nothing', parameters, answers } as const
  const collect = ['/collect/:type/:source', '/collect/:type/:source/:session'].flatMap((path) =>
    (['get', 'post'] as const).map(
      (method): Operation => ({ ...base, method, path, summary: 'One event; the source id is the project key' }),
    ),
  )
  return [{ ...base, method: 'post', path: '/track', summary: 'Events of a tracker', body: 'TrackCall' }, ...collect]
}

const ownOperations: Operation[] = [
  {
    ...{ method: 'post', path: '/events', tag: 'Events', summary: 'Custom events, one or a list', by: 'key' },
    parameters: query(['projectKey', 'the project key'], [...encoding]),
    body: 'CustomEvents',
    answers: {
      ...refused,
      ...problems('CustomRefusal', 400),
      200: { description: 'stored', schema: 'CustomAcceptance' },
    },
  },
  {
    ...{
      method: 'get',
      path: '/pixel.gif',
      tag: 'Events',
      summary: 'An event from a page without scripts or a mail',
      by: 'nothing',
    },
    parameters: query(
      ['projectKey', 'the project key'],
      ...(['type', 'event', 'name', 'userId', 'anonymousId', 'sessionId', 'messageId', 'timestamp'] as const).map(
        (name): [string, string] => [name, 'of the event'],
      ),
      ...(['url', 'path', 'title', 'referrer'] as const).map((name): [string, string] => [name, 'of the page']),
    ),
    answers: Object.fromEntries(
      [200, 400, 401, 403, 429, 503].map((status) => [
        status,
        { description: 'the image; where nothing is stored, X-Problem says why', contentType: 'image/gif' },
      ]),
    ),
  },
]

/** What takes events. */
export const intakeOperations: readonly Operation[] = [
  ...segmentOperations(),
  ...jitsuOperations,
  ...tracardiOperations(),
  ...ownOperations,
]

/** The SDK; `paths` are those of the app. */
export function scriptOperations([plain, versioned]: readonly [string, string]): Operation[] {
  const script = { description: 'the SDK', contentType: 'text/javascript' }
  const unchanged = { description: 'what is known is still right' }
  const base = { method: 'get', tag: 'Script', by: 'nothing' } as const
  return [
    { ...base, path: plain, summary: 'The SDK', answers: { 200: script, 304: unchanged } },
    {
      ...{ ...base, path: versioned, summary: 'The SDK by its hash; never changes' },
      answers: { 200: script, 304: unchanged, ...problems('Problem', 404) },
    },
  ]
}
