// Compiled by the type check, never run: each @ts-expect-error fails the check when the line below it is accepted.
import type { AnalyticsPlugin } from 'analytics'
import Analytics, {
  type AnalyticsInstance,
  type GroupPayload,
  type Plugin,
  type ScreenPayload,
} from '../../src/browser'

const text = (value: string) => value
const count = (value: number) => value

// Without a single annotation: what a hook is given follows from its name.
Analytics({
  plugins: [
    {
      name: 'written-here',
      config: { key: 'k' },
      bootstrap({ payload }) {
        text(payload.name)
      },
      initialize: ({ config, instance }) => text(`${config.key} ${instance.user().userId}`),
      trackStart({ payload, instance, abort, plugins }) {
        text(payload.event)
        text(payload.meta.rid)
        void instance.track('from a hook')
        void plugins.other?.enabled
        // @ts-expect-error a name is a text
        count(payload.event)
        // @ts-expect-error track has no traits of its own
        text(payload.traits.plan)
        // @ts-expect-error no such method
        instance.trak('typing mistake')
        return payload.properties.secret ? abort('secret', ['other']) : payload
      },
      async identify({ payload }) {
        void payload.traits.plan
        // @ts-expect-error an unknown trait may be anything
        text(payload.traits.plan)
      },
      group: ({ payload }) => text(payload.groupId),
      alias: ({ payload }) => text(payload.previousId),
      screen: ({ payload }) => text(payload.properties.name),
      'track:other'({ payload }) {
        return { ...payload, properties: { ...payload.properties, label: text(payload.event) } }
      },
      'identifyStart:other': ({ payload }) => void payload.traits.plan,
      loaded: ({ config }) => !!config.key,
      methods: {
        ask(question: string) {
          return this.instance.track(text(question))
        },
      },
    },
  ],
})

// @ts-expect-error a hook is a function
Analytics({ plugins: [{ name: 'wrong', trackStart: 'no function' }] })
// @ts-expect-error a plugin needs a name
Analytics({ plugins: [{ trackStart() {} }] })

// A plugin on its own.
export const counting: Plugin = {
  name: 'counting',
  track: ({ payload }) => text(payload.event),
  'Cart Emptied': () => {},
}

// Whatever was written for `analytics` fits: their own type, an interface, an instance of a class.
declare const theirs: AnalyticsPlugin
interface OwnPlugin {
  name: string
  config: { key: string }
  track(argument: { payload: { event: string } }): void
  helper: number
}
declare const own: OwnPlugin
class Vendor {
  name = 'vendor'
  page({ payload }: { payload: { properties: object } }) {
    return payload
  }
}
Analytics({ plugins: [theirs, own, new Vendor(), counting] })
const withOwnTypes = {
  name: 'with-own-types',
  track: ({ payload }: { payload: { properties: { total: number } } }) => count(payload.properties.total),
}
Analytics({ plugins: [withOwnTypes] })

// What listeners are told follows from the name, too.
declare const analytics: AnalyticsInstance
analytics.on('track', ({ payload, instance }) => {
  text(payload.event)
  void instance.page()
  // @ts-expect-error a name is a text
  count(payload.event)
})
analytics.on('trackEnd:segment', ({ payload }) => text(payload.event))
analytics.once('identifyStart', ({ payload }) => void payload.traits.plan)
analytics.on('group', ({ payload }: { payload: GroupPayload }) => text(payload.groupId))
analytics.on('screenStart', ({ payload }: { payload: ScreenPayload }) => text(payload.properties.name))
analytics.on('*', ({ payload }) => text(payload.type))
analytics.on('sessionStart', ({ payload }) => void payload.session)
// @ts-expect-error a page has no name of an event for sure
analytics.on('page', ({ payload }) => text(payload.event))
// @ts-expect-error a listener is a function
analytics.on('track', 'no function')

// Names that are put together at run time.
declare const name: string
analytics.on(name, ({ payload }) => text(payload.type))
