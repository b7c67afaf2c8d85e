import { type ProjectView, viewOfFixed, viewOfStored } from '../../collector/projects/project-view'
import { defineCommand } from '../define-command'
import { projectOptions, withProjects } from '../project-store'
import { textTable } from '../text-table'

export const projectListCommand = defineCommand({
  name: 'project list',
  summary: 'show the projects and their public keys',
  usage: '[options]',
  options: projectOptions,
  notes: `Those of the config file are listed too; keys of the environment are not.`,
  async run({ options, stdout, ...context }) {
    const call = { options, env: context.env, cwd: context.cwd }
    const projects = await withProjects(call, async ({ registry, fixed }) => {
      const ids = new Set(fixed.map(({ id }) => id))
      const stored = (await registry.list()).filter(({ id }) => !ids.has(id))
      return [...fixed.map(viewOfFixed), ...stored.map((project) => viewOfStored(project, Date.now()))]
    })
    const width = stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
    stdout.write(options.json ? `${JSON.stringify(projects)}\n` : `${textTable(heads, projects.map(rowOf), width)}\n`)
    return 0
  },
})

const heads = ['id', 'public key', 'secret keys', 'origins', 'no origin', 'quota', 'changed']

function rowOf({ id, keys, origins, allowNoOrigin, monthlyQuota, changedAt }: ProjectView): unknown[] {
  const publicKeys = keys.flatMap(({ key, expiresAt }) => (key === null ? [] : key + until(expiresAt)))
  const secretKeys = keys.filter(({ kind }) => kind === 'secret').length
  return [
    ...[id, publicKeys.join(', '), secretKeys, origins.join(', '), allowNoOrigin ? 'yes' : 'no', monthlyQuota],
    changedAt?.slice(0, 16).replace('T', ' ') ?? 'in the settings',
  ]
}

function until(expiresAt: string | null): string {
  return expiresAt === null ? '' : ` (until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC)`
}
