import { type Operation, problems, query } from './operation'

const refusals = problems('Problem', 401, 403, 429, 503)
const page = query(['limit', '1 to 1000'], ['cursor', '`next` of the page before'])
const times = query(['since', 'ISO 8601, inclusive'], ['until', 'ISO 8601, exclusive'])
const days = query(
  ['since', 'day such as 2026-01-31, inclusive'],
  ['until', 'day, exclusive'],
  ['by', 'day or month'],
  ['project', 'one project'],
)

type Shape = Pick<Operation, 'method' | 'path' | 'summary'> & Partial<Operation>

const admin = (shape: Shape): Operation => ({
  ...{ tag: 'Admin', by: 'admin', ...shape },
  answers: { ...refusals, ...shape.answers },
})
const invalid = problems('Problem', 400)
const changes = {
  ...problems('Problem', 400, 404, 409, 415),
  200: { description: 'the project', schema: 'ProjectAnswer' },
} as const

export const adminOperations: readonly Operation[] = [
  admin({
    ...{ method: 'get', path: '/admin/events', summary: 'Events, newest first; with `after` in the order of storing' },
    parameters: [
      ...query(
        ...['project', 'type', 'event', 'userId', 'anonymousId', 'sessionId'].map((name): [string, string] => [
          name,
          'only these',
        ]),
      ),
      ...[...times, ...page, ...query(['after', '0, latest, or `next` of the page before'])],
    ],
    answers: { ...invalid, 200: { description: 'a page', schema: 'EventPage' } },
  }),
  admin({
    ...{
      method: 'get',
      path: '/admin/stats',
      summary: 'Counts of the whole life of the store, or by day or month',
      parameters: days,
    },
    answers: { ...invalid, 200: { description: 'counts', schema: 'Stats' } },
  }),
  admin({
    ...{ method: 'get', path: '/admin/people/:id', summary: 'A person by user id or anonymous id' },
    parameters: [...query(['project', 'id of the project; not needed where there is one']), ...page],
    answers: { ...problems('Problem', 400, 404), 200: { description: 'ids and time line', schema: 'PersonPage' } },
  }),
  admin({
    ...{
      method: 'get',
      path: '/admin/usage',
      summary: 'Events of each project',
      parameters: [...days, ...query(['month', 'such as 2026-01'])],
    },
    answers: { ...invalid, 200: { description: 'by month or day', schema: 'Usage' } },
  }),
  admin({
    ...{ method: 'post', path: '/admin/sql', summary: 'One SELECT', body: 'SqlRequest' },
    answers: { ...problems('Problem', 400, 413, 415, 504), 200: { description: 'rows', schema: 'SqlAnswer' } },
  }),
  admin({
    ...{ method: 'get', path: '/admin/projects', summary: 'All projects' },
    answers: { 200: { description: 'those of the options, then those of the store', schema: 'ProjectList' } },
  }),
  admin({
    ...{ method: 'post', path: '/admin/projects', summary: 'Add a project', body: 'NewProject' },
    answers: {
      ...problems('Problem', 400, 409, 415),
      201: { description: 'its keys are told once', schema: 'CreatedProject' },
    },
  }),
  admin({
    method: 'patch',
    path: '/admin/projects/:id',
    summary: 'Change a project',
    body: 'ProjectChange',
    answers: changes,
  }),
  admin({
    ...{ method: 'post', path: '/admin/projects/:id/rotate', summary: 'A new key', body: 'Rotation' },
    answers: { ...changes, 200: { description: 'the key is told once', schema: 'RotatedKey' } },
  }),
  admin({
    method: 'post',
    path: '/admin/projects/:id/revoke',
    summary: 'End keys at once',
    body: 'Revocation',
    answers: changes,
  }),
]

const pageAddress = {
  name: 'page',
  in: 'query',
  description: 'address of a page; the first listed origin without it',
} as const
const diagnosis = { description: 'how long cookies live, and why', schema: 'Diagnosis' } as const

export const diagnoseOperations: readonly Operation[] = [
  admin({
    ...{ method: 'get', path: '/diagnose', tag: 'Diagnosis', parameters: [pageAddress] },
    summary: 'How long cookies live, and why; a page for browsers',
    answers: { ...invalid, 200: diagnosis },
  }),
  admin({
    ...{ method: 'get', path: '/diagnose/report', tag: 'Diagnosis', summary: 'Used by the page' },
    parameters: [
      pageAddress,
      ...query(
        ['mark', 'what the probe has set'],
        ['readable', '1 where scripts see it'],
        ['host', 'under which browsers know the collector'],
        ['scheme', 'http: or https:'],
        ['now', 'epoch milliseconds of the browser'],
      ),
    ],
    answers: { ...invalid, 200: diagnosis },
  }),
  admin({
    ...{ method: 'post', path: '/diagnose/probe', tag: 'Diagnosis', summary: 'Sets a cookie for a minute' },
    answers: { 200: { description: 'what was set', schema: 'Probe' } },
  }),
]

const live = (shape: Shape): Operation => admin({ tag: 'Live view', ...shape })
const html = { description: 'a page', contentType: 'text/html' }

export const liveOperations: readonly Operation[] = [
  live({
    ...{
      method: 'get',
      path: '/live',
      summary: 'The page for people',
      parameters: query(['token', 'the admin token, exchanged for a session cookie']),
    },
    answers: { 200: html, 303: { description: 'signed in; the token leaves the address' } },
  }),
  live({ method: 'get', path: '/live/', summary: 'The same page', answers: { 308: { description: 'to /live' } } }),
  live({
    method: 'get',
    path: '/live/config',
    summary: 'Used by the page',
    answers: { 200: { description: 'settings', schema: 'LiveConfig' } },
  }),
  live({
    ...{
      method: 'get',
      path: '/live/events',
      summary: 'Events as they come',
      parameters: query(['after', 'the id of the last message']),
    },
    answers: {
      200: { description: 'Server-Sent Events: events, stats, unavailable', contentType: 'text/event-stream' },
    },
  }),
  live({
    ...{ method: 'get', path: '/live/person', summary: 'Used by the page' },
    parameters: query(['project', 'id'], ['userId', 'id'], ['anonymousId', 'id']),
    answers: { ...problems('LiveProblem', 400), 200: { description: 'the history of a person', schema: 'LivePerson' } },
  }),
  live({
    ...{ method: 'get', path: '/live/:file', summary: 'Scripts and styles of the page' },
    answers: { ...problems('Problem', 404), 200: { description: 'a file', contentType: 'text/javascript' } },
  }),
]

const health = { method: 'get', tag: 'Health', by: 'nothing' } as const

export const healthOperations: readonly Operation[] = [
  {
    ...health,
    path: '/healthz',
    summary: 'Is the process alive?',
    answers: { 200: { description: 'yes', schema: 'Health' }, ...problems('Problem', 503) },
  },
  {
    ...health,
    path: '/readyz',
    summary: 'Would events be stored?',
    answers: { 200: { description: 'yes', schema: 'Health' }, ...problems('Problem', 503) },
  },
  {
    ...health,
    path: '/openapi.json',
    tag: 'Description',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', contentType: 'application/json' } },
  },
]

export function metricsOperation(by: 'admin' | 'nothing'): Operation {
  const answers = {
    200: { description: 'for Prometheus', contentType: 'text/plain' },
    ...(by === 'admin' ? refusals : {}),
  }
  return { ...health, by, path: '/metrics', summary: 'Figures', answers }
}
