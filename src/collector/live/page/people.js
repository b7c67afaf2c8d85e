// @ts-check
import { createIdentities } from './identities.js'
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/** @typedef {import('../person-history').ProjectEdge} ProjectEdge */
/**
 * @typedef {object} Person
 * @property {string} key the same for all events of one person
 * @property {string} project
 * @property {string | null} userId null while the person is anonymous
 * @property {string[]} anonymousIds as far as this page has seen them
 * @property {string} label
 * @property {string} initial
 * @property {number} hue colour, 0 to 359
 * @property {Record<string, unknown>} traits
 */

/** Knows which ids are one person, and what to call that person. */
export function createPeople() {
  const identities = createIdentities()
  /** @type {Map<string, Record<string, unknown>>} by person key */
  const traits = new Map()

  /** @param {StoredEvent} event */
  function userOf({ project, anonymousId, userId }) {
    return userId ?? (anonymousId ? identities.ownerOf(project, anonymousId) : null)
  }

  /** @param {StoredEvent} event */
  function keyOf(event) {
    const userId = userOf(event)
    return JSON.stringify([event.project, userId === null ? 'anonymous' : 'user', userId ?? event.anonymousId])
  }

  /** @param {StoredEvent} event @returns {boolean} whether it tells who an anonymous id belongs to */
  function learnFrom(event) {
    const { project, anonymousId, userId, previousId } = event
    if (event.type === 'identify') traits.set(keyOf(event), { ...traits.get(keyOf(event)), ...event.traits })
    if (!userId) return false
    const byAlias = event.type === 'alias' && !!previousId && identities.join(project, previousId, userId)
    return (!!anonymousId && identities.join(project, anonymousId, userId)) || byAlias
  }

  return {
    /**
     * @param {readonly StoredEvent[]} events oldest first @param {readonly ProjectEdge[]} edges
     * @returns {boolean} whether somebody is known now who was not before
     */
    learn(events, edges) {
      const byEdges = edges.map((edge) => identities.join(edge.project, edge.anonymousId, edge.userId, true))
      return [...byEdges, ...events.map(learnFrom)].includes(true)
    },

    /** @param {StoredEvent} event @returns {Person} */
    of(event) {
      const { project, anonymousId } = event
      const userId = userOf(event)
      const key = keyOf(event)
      const anonymousIds = userId ? identities.idsOf(project, userId) : anonymousId ? [anonymousId] : []
      const label = userId ?? (anonymousId ? `visitor ${anonymousId.slice(-4)}` : 'nobody')
      const known = traits.get(key) ?? {}
      return {
        key,
        project,
        userId,
        anonymousIds,
        label,
        initial: initial(userId, known),
        hue: hue(key),
        traits: known,
      }
    },

    keyOf,
  }
}

/** @param {string | null} userId @param {Record<string, unknown>} traits */
function initial(userId, traits) {
  if (!userId) return ''
  const name = [traits.name, traits.firstName, traits.email, userId].find(
    (text) => typeof text === 'string' && text !== '',
  )
  return (/[\p{L}\p{N}]/u.exec(String(name))?.[0] ?? '?').toUpperCase()
}

/** @param {string} text FNV-1a, so that a person has the same colour after each reload */
function hue(text) {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  // The last steps of FNV-1a hardly reach the high bits; mixing them spreads ids that differ in one digit.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) % 360
}
