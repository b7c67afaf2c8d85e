/** More would be slow to look at; the double keeps all. */
const KEPT = 100

const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

/** What the receiver can do in place of its work. */
const TROUBLES = {
  busy: { status: 429, headers: { ...cors, 'retry-after': '5', 'access-control-expose-headers': 'retry-after' } },
  fails: { status: 503, headers: cors },
  lies: { status: 200, headers: { ...cors, 'content-type': 'text/html' }, body: '<title>Welcome to the hotel</title>' },
  // The connection breaks off.
  'is gone': undefined,
}

const MODES = {
  works: 'It takes what it should take',
  busy: 'It answers 429 with Retry-After: 5',
  fails: 'It answers 503',
  lies: 'It answers 200 with the page of a hotel',
  'is gone': 'It breaks the connection off',
}

/** Answers by the double, and tells everybody who looks at the page what came and what was said. */
export function createRecorder({ name, double, describe, facts, actions = {} }) {
  const watchers = new Set()
  const requests = []
  let mode = 'works'
  let serial = 0

  const snapshot = () => ({
    name,
    mode,
    modes: MODES,
    actions: Object.keys(actions),
    facts: facts(),
    requests: requests.slice(-KEPT),
    older: Math.max(0, requests.length - KEPT),
  })
  const tell = () => {
    const text = `data: ${JSON.stringify(snapshot())}\n\n`
    for (const response of watchers) response.write(text)
  }

  return {
    take(request) {
      const isWork = mode === 'works' || request.method === 'OPTIONS'
      const answer = isWork ? double.answer(request) : TROUBLES[mode]
      const { method, url, headers, body } = request
      requests.push({
        id: serial++,
        time: new Date().toISOString(),
        request: `${method} ${url}`,
        type: headers['content-type'] ?? '',
        bytes: Buffer.byteLength(body),
        status: answer?.status ?? null,
        isTaken: isWork && answer.status < 300,
        ...describe(request, isWork ? answer : undefined),
      })
      tell()
      return answer
    },
    act(what) {
      if (what in MODES) mode = what
      else actions[what]?.()
      tell()
    },
    stream(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      watchers.add(response)
      response.on('close', () => watchers.delete(response))
      response.write(`data: ${JSON.stringify(snapshot())}\n\n`)
    },
  }
}
