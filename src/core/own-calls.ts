import type { Analytics } from './analytics'
import { startEvent } from './calls'
import type { Client } from './client'
import { toIdentifier } from './identifier'
import { isFunction, toObject } from './values'

/** The calls of Segment's spec that `analytics` does not have. */
export const createOwnCalls = (client: Client): Pick<Analytics, 'group' | 'alias' | 'screen'> => {
  /** `key` names what the call cannot do without. */
  const start = (type: string, args: unknown[], key: string, value: unknown, build?: () => object) =>
    value
      ? startEvent(client, args, () => ({ type: `${type}Start`, [key]: value, ...build?.() }))
      : Promise.reject(new Error(`[firsthand] ${type}: first argument missing or invalid`))

  return {
    group: (id, ...args) => start('group', args, 'groupId', toIdentifier(id), () => ({ traits: toObject(args[0]) })),
    alias: (id, ...args) =>
      start('alias', args, 'userId', toIdentifier(id), () => {
        const [given = null] = args
        const { userId, anonymousId } = client.state.user
        return { previousId: given === null || isFunction(given) ? (userId ?? anonymousId) : toIdentifier(given) }
      }),
    screen: (name, ...args) =>
      start('screen', args, 'properties', name && typeof name === 'string' && { ...toObject(args[0]), name }),
  }
}
