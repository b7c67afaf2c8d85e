import { createOriginList, type OriginList } from './origin-list'
import { type ProjectOptions, projectDefaults } from './options'
import type { KeyKind } from './store'

export interface Project {
  id: string
  origins: OriginList
  allowNoOrigin: boolean
}

export interface KeyOwner {
  project: Project
  keyKind: KeyKind
}

export interface ProjectDirectory {
  /** Whose key this is, or null. */
  find(key: string): Promise<KeyOwner | null>
  /** Does any project accept this origin? Decides about answers that are given before the project is known. */
  acceptsOrigin(origin: string): Promise<boolean>
}

/**
 * Finds projects by key. Secret keys are kept and looked up as SHA-256 digests: how long a comparison of digests
 * takes says nothing about the secret.
 */
export function createProjectDirectory(options: readonly ProjectOptions[]): ProjectDirectory {
  const byPublicKey = new Map<string, KeyOwner>()
  const secrets: [key: string, owner: KeyOwner][] = []
  const projects: Project[] = []
  for (const { id, key, secretKey, origins, allowNoOrigin = projectDefaults.allowNoOrigin } of options) {
    const project = { id, allowNoOrigin, origins: createOriginList(origins) }
    projects.push(project)
    byPublicKey.set(key, { project, keyKind: 'public' })
    if (secretKey !== undefined) secrets.push([secretKey, { project, keyKind: 'secret' }])
  }
  const bySecretDigest = Promise.all(secrets.map(async ([key, owner]) => [await digest(key), owner] as const)).then(
    (entries) => new Map(entries),
  )
  return {
    async find(key) {
      const owner = byPublicKey.get(key)
      if (owner || secrets.length === 0) return owner ?? null
      return (await bySecretDigest).get(await digest(key)) ?? null
    },
    acceptsOrigin: async (origin) => projects.some((project) => project.origins.hasOrigin(origin)),
  }
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
