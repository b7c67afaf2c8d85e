import { runExample } from '../tea-shop/run.mjs'

const parse = (text) => {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

/** What the server said about the visitor, and what the page had said before. */
const notesOf = (request, answer) => {
  const [sent, got] = [parse(request.body), parse(answer?.body)]
  if (!sent.source) return []
  const notes = [
    ['session', sent.session?.id ?? 'none'],
    ['profile', sent.profile?.id ?? 'none'],
  ]
  return got.task ? [...notes, ['answered', got.profile?.id ?? 'none']] : notes
}

await runExample(import.meta.url, '../../test/doubles/tracardi/tracardi-double.ts', ({ createTracardiDouble }) => {
  const double = createTracardiDouble({ 'tea-shop': { type: 'rest' } })
  const last = () => [...double.sessions.values()].at(-1)
  return {
    name: 'Tracardi',
    double,
    describe: (request, answer) => ({
      notes: notesOf(request, answer),
      events: (parse(request.body).events ?? []).map((event) => ({
        kind: event.type,
        title: event.properties.product ?? event.properties.name,
        data: event,
      })),
    }),
    facts: () => [
      ['events', double.events.length],
      [
        'of these by Tracardi',
        double.events.filter(({ type }) => /^(profile-created|session-opened)$/.test(type)).length,
      ],
      ['sessions', double.sessions.size],
      ['profiles', double.profiles.size],
    ],
    actions: {
      // As when Tracardi finds out that two profiles are one person's: the next answer names the survivor.
      'Merge the profile into another one': () => last() && double.merge(last(), crypto.randomUUID()),
    },
  }
})
