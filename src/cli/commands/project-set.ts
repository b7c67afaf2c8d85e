import { CliError } from '../cli-error'
import { defineCommand } from '../define-command'
import { done, projectOptions, readId, readQuota, withProjects } from '../project-store'

export const projectSetCommand = defineCommand({
  name: 'project set',
  summary: 'change origins or quota of a project',
  usage: '<id> [options]',
  maxOperands: 1,
  options: {
    origin: {
      type: 'string',
      multiple: true,
      value: '<origin>',
      help: 'pages that may send, in place of those before;\nmay be repeated',
    },
    'allow-no-origin': { type: 'string', value: 'yes|no', help: 'take events without an Origin header' },
    quota: { type: 'string', value: '<events>', help: 'events of a calendar month that are stored, or none' },
    ...projectOptions,
  },
  async run({ options, operands, stdout, ...context }) {
    const id = readId(operands, 'set')
    const change = {
      origins: options.origin,
      allowNoOrigin: readAnswer(options['allow-no-origin']),
      monthlyQuota: readQuota(options.quota),
    }
    if (Object.values(change).every((value) => value === undefined))
      throw new CliError('say what to change: --origin, --allow-no-origin or --quota', 2)
    const { project } = await withProjects({ options, env: context.env, cwd: context.cwd }, async ({ registry }) =>
      done(await registry.change(id, change), id),
    )
    const { origins, allowNoOrigin, monthlyQuota } = project
    const shown = { id, origins, allowNoOrigin, monthlyQuota }
    stdout.write(options.json ? `${JSON.stringify(shown)}\n` : `project ${id} is changed\n`)
    return 0
  },
})

function readAnswer(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (text === 'yes' || text === 'no') return text === 'yes'
  throw new CliError(`--allow-no-origin: "${text}" is neither yes nor no`, 2)
}
