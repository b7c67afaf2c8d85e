// @ts-check
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('../person-history').PersonHistory} PersonHistory */

/**
 * @param {Person} person
 * @returns {Promise<PersonHistory>} everything of this person that the store has, within its limit
 */
export async function fetchPersonHistory(person) {
  const address = new URL('./person', import.meta.url)
  address.searchParams.set('project', person.project)
  if (person.userId) address.searchParams.set('userId', person.userId)
  const [anonymousId] = person.anonymousIds
  if (anonymousId) address.searchParams.set('anonymousId', anonymousId)
  const response = await fetch(address)
  if (!response.ok) throw new Error(`the collector answered ${response.status}`)
  return response.json()
}
