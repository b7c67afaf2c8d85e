// @ts-check

/** Which user an anonymous id belongs to. Ids of different projects have nothing to do with each other. */
export function createIdentities() {
  /** @type {Map<string, Map<string, string>>} user id by anonymous id, by project */
  const projects = new Map()

  /** @param {string} project */
  function ownersIn(project) {
    let owners = projects.get(project)
    if (!owners) projects.set(project, (owners = new Map()))
    return owners
  }

  return {
    /**
     * The first owner stays, as a later user of the same browser has events of their own; but the store knows better.
     * @param {string} project @param {string} anonymousId @param {string} userId @param {boolean} byStore
     * @returns {boolean} whether that was news
     */
    join(project, anonymousId, userId, byStore = false) {
      const owners = ownersIn(project)
      const owner = owners.get(anonymousId)
      if (owner === userId || (owner !== undefined && !byStore)) return false
      owners.set(anonymousId, userId)
      return true
    },

    /** @param {string} project @param {string} anonymousId */
    ownerOf: (project, anonymousId) => ownersIn(project).get(anonymousId) ?? null,

    /** @param {string} project @param {string} userId @returns {string[]} */
    idsOf(project, userId) {
      return [...ownersIn(project)].filter(([, owner]) => owner === userId).map(([anonymousId]) => anonymousId)
    },
  }
}
