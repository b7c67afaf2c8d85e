import type { HookArgument, Plugin } from '../src/core/plugin'

/** The values of all parameters whose names begin alike, under the rest of their names. */
const withPrefix = (raw: Record<string, string>, prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]) =>
      name.startsWith(prefix) && name !== prefix ? [[name.slice(prefix.length), value]] : [],
    ),
  )

/**
 * Lets the address say who the visitor is and what happened, as `analytics` always does: `an_uid` identifies, with
 * `an_trait_*` as traits; `an_aid` is the anonymous id; `an_event` is tracked, with `an_prop_*` as properties.
 * Any link can then make the visitor somebody else, so use it only where addresses come from you alone.
 */
export const urlParameters = (): Plugin => ({
  name: 'url-parameters',
  params({ payload, instance }: HookArgument) {
    const raw = payload.raw as Record<string, string>
    const { an_uid: userId, an_aid: anonymousId, an_event: event } = raw
    const props = withPrefix(raw, 'an_prop_')
    const traits = withPrefix(raw, 'an_trait_')
    if (anonymousId) instance.setAnonymousId(anonymousId)
    if (userId) instance.identify(userId, traits)
    if (event) instance.track(event, props)
    return { props, traits, ...(userId && { userId }) }
  },
})
