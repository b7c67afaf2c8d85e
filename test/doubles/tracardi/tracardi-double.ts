import { randomUUID } from 'node:crypto'
import type { ReceiverAnswer } from '../../../src/testing'
import { type Double, type DoubleRequest, isObject, parseJson, pathOf } from '../double'
import { checkTrack } from './validate'

export interface TracardiSource {
  type: 'rest' | 'webhook'
  isDisabled?: boolean
  /** Unknown profile ids are kept as they come. */
  hasStaticProfileId?: boolean
}

export interface TracardiEvent {
  id: string
  type: string
  time?: { create?: string }
  options?: Record<string, unknown> | null
  properties?: Record<string, unknown>
  context?: Record<string, unknown>
}

/** An event as it was registered, with the ids that it was given. */
export interface Registered extends TracardiEvent {
  sourceId: string
  sessionId: string | null
  profileId: string | null
}

export interface TracardiDouble extends Double {
  events: Registered[]
  /** Session id to the profile that it is bound to. */
  sessions: Map<string, string>
  profiles: Set<string>
  /** Both are one person's: the second survives. */
  merge(profileId: string, survivor: string): void
  /** Event types that the licensed build's validation refuses with 406. */
  invalidTypes: Set<string>
  /** Put into `errors`, with status 226, which no open build does. */
  errors: string[]
  /** What bots get; newer versions say 406. */
  botStatus: 401 | 406
}

interface Track {
  source: { id: string }
  session?: { id: string } | null
  profile?: { id: string } | null
  events?: TracardiEvent[]
  options?: { debugger?: unknown; saveSession?: unknown; saveEvents?: unknown; saveProfile?: unknown }
}

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'x-process-time': '0.01' }

const json = (status: number, body: unknown): ReceiverAnswer => ({
  status,
  body: JSON.stringify(body),
  headers: { ...CORS, 'content-type': 'application/json' },
})

const refuse = (status: number, detail: unknown) => json(status, { detail })

/** Tracardi 0.8.2 and its API, built from its contract. Sources are named by id. */
export const createTracardiDouble = (sources: Record<string, TracardiSource>): TracardiDouble => {
  const survivors = new Map<string, string>()
  const survivorOf = (id: string): string => (survivors.has(id) ? survivorOf(survivors.get(id) as string) : id)
  const double: TracardiDouble = {
    events: [],
    sessions: new Map(),
    profiles: new Set(),
    invalidTypes: new Set(),
    errors: [],
    botStatus: 401,
    merge(profileId, survivor) {
      double.profiles.add(survivor)
      survivors.set(profileId, survivor)
    },
    answer(request) {
      // Its framework decodes an address before it takes it apart.
      const path = decodeURIComponent(pathOf(request).pathname)
      const { method, headers } = request
      if (method === 'OPTIONS') return { status: 200, headers: { ...CORS, 'access-control-max-age': '600' } }
      const answer = route(request, path)
      const context = headers['x-context']
      return context ? { ...answer, headers: { ...answer.headers, 'x-context': String(context) } } : answer
    },
  }

  const route = (request: DoubleRequest, path: string): ReceiverAnswer => {
    const { method } = request
    if (path === '/track') return method === 'POST' || method === 'PUT' ? track(request) : refuse(405, 'Not Allowed')
    const [, type, source, session] = /^\/collect\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? []
    if (!type || !source) return refuse(404, 'Not Found')
    return /^(GET|POST)$/.test(method) ? collect(request, type, source, session) : refuse(405, 'Not Allowed')
  }

  const sourceProblem = (id: string, bridge: TracardiSource['type']): ReceiverAnswer | undefined => {
    const source = sources[id.trim()]
    if (id.startsWith('@')) return refuse(500, 'Internal event sources are not allowed via API.')
    if (!source)
      return refuse(401, `Invalid event source \`${id}\`. Request came from IP: \`127.0.0.1\` width payload: ...`)
    if (source.isDisabled) return refuse(401, 'Event source disabled.')
    if (source.type !== bridge)
      return refuse(
        401,
        `This endpoint allows only bridges of types ['${bridge}'], but the even source is ${source.type}`,
      )
    return
  }

  /** The session's profile wins; an unknown id is taken for forged. */
  const profileOf = (sessionId: string, sent: string | undefined, isStatic = false): { id: string; isNew: boolean } => {
    const isKnown = sent && (isStatic || double.profiles.has(sent))
    const bound = double.sessions.get(sessionId) ?? (isKnown ? sent : undefined)
    const id = bound ?? randomUUID()
    double.profiles.add(id)
    return { id: survivorOf(id), isNew: bound === undefined }
  }

  const register = (body: Track, isProfileLess: boolean): ReceiverAnswer => {
    const { source, session, profile, events = [], options = {} } = body
    if (events.length === 0) return json(200, null)
    const isStatic = sources[source.id.trim()]?.hasStaticProfileId
    if (isStatic && !isProfileLess && !profile?.id) return refuse(500, 'Profile id is required for this source')
    const invalid = events.find(({ type }) => double.invalidTypes.has(type))
    if (invalid) return refuse(406, `Validation failed with error: ${invalid.type}`)
    const sessionId = session?.id.trim() || randomUUID()
    const isNewSession = !double.sessions.has(sessionId)
    const owner = isProfileLess ? undefined : profileOf(sessionId, profile?.id, isStatic)
    if (owner && options.saveSession !== false) double.sessions.set(sessionId, owner.id)
    const hasEnded = events.some(({ type }) => type === 'visit-ended')
    const system = hasEnded
      ? []
      : [owner?.isNew && 'profile-created', isNewSession && options.saveSession !== false && 'session-opened']
    const all = [
      ...system.filter((type) => typeof type === 'string').map((type) => ({ type, id: randomUUID() })),
      ...events,
    ]
    const registered = all.map((event) => ({
      ...event,
      id: event.id ?? randomUUID(),
      type: event.type.trim(),
      sourceId: source.id.trim(),
      sessionId: options.saveSession === false ? null : sessionId,
      profileId: owner?.id ?? null,
    }))
    if (options.saveEvents !== false) double.events.push(...registered)
    return json(double.errors.length > 0 ? 226 : 200, {
      task: randomUUID(),
      ux: [],
      response: {},
      events: options.debugger === true ? registered.map(({ id }) => id) : [],
      profile: { id: options.saveProfile === false ? null : (owner?.id ?? null) },
      session: { id: options.saveSession === false ? null : sessionId },
      errors: double.errors,
      warnings: [],
    })
  }

  const isBot = ({ headers }: DoubleRequest) => /bot\b|crawler|spider/i.test(String(headers['user-agent'] ?? ''))

  const track = (request: DoubleRequest): ReceiverAnswer => {
    const isProfileLess = pathOf(request).searchParams.get('profile_less') ?? 'false'
    if (!/^(1|0|true|false|yes|no|on|off)$/i.test(isProfileLess))
      return refuse(422, [
        { type: 'bool_parsing', loc: ['query', 'profile_less'], msg: 'Input should be a valid boolean' },
      ])
    if (!String(request.headers['content-type']).startsWith('application/json'))
      return refuse(422, [{ type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary' }])
    const body = parseJson(request.body)
    if (!isObject(body)) return refuse(422, [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error' }])
    const problems = checkTrack(body)
    if (problems.length > 0) return refuse(422, problems)
    const events = (body.events ?? []) as TracardiEvent[]
    if (body.options === null || body.request === null || events.some(({ options }) => options === null))
      return refuse(500, "'NoneType' object has no attribute 'get'")
    const source = sourceProblem((body as unknown as Track).source.id, 'rest')
    if (source) return source
    if (isBot(request)) return refuse(double.botStatus, 'Traffic from bot is not allowed.')
    // An empty stub, which checks and does no more.
    if (request.method === 'PUT') return json(200, null)
    return register(body as unknown as Track, /^(1|true|yes|on)$/i.test(isProfileLess))
  }

  const collect = (request: DoubleRequest, type: string, id: string, sessionId?: string): ReceiverAnswer => {
    const source = sourceProblem(id, 'webhook')
    if (source) return source
    const isGet = request.method === 'GET'
    // 0.8 compares exactly: with a charset behind it the body stays bytes, and the request fails.
    if (!isGet && !sessionId && request.headers['content-type'] !== 'application/json')
      return refuse(500, 'Object of type bytes is not JSON serializable')
    const parsed = isGet ? Object.fromEntries(pathOf(request).searchParams) : parseJson(request.body)
    if (!isObject(parsed) && !sessionId) return refuse(500, 'Expecting value: line 1 column 1 (char 0)')
    const properties = isObject(parsed) ? parsed : {}
    const events = [{ id: randomUUID(), type, properties }]
    if (sessionId) return register({ source: { id }, session: { id: sessionId }, events }, false)
    return register({ source: { id }, events, options: { saveSession: false } }, true)
  }
  return double
}
