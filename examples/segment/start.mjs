import { runExample } from '../tea-shop/run.mjs'

const parse = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const titleOf = ({ event, name, category, groupId }) => event ?? name ?? category ?? groupId

await runExample(import.meta.url, '../../test/doubles/segment/segment-double.ts', ({ createSegmentDouble }) => {
  const double = createSegmentDouble('write-key')
  return {
    name: 'Segment',
    double,
    describe: ({ body }) => ({
      events: (parse(body).batch ?? []).map((message) => ({
        kind: message.type,
        title: titleOf(message),
        who: message.userId ?? message.anonymousId,
        data: message,
      })),
    }),
    facts: () => [
      ['messages', double.messages.length],
      ['visitors', new Set(double.messages.map(({ anonymousId }) => anonymousId)).size],
      ['repeats removed', double.repeats],
      ['thrown away', double.discarded.length],
    ],
  }
})
