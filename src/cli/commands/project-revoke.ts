import { CliError } from '../cli-error'
import { defineCommand } from '../define-command'
import { done, projectOptions, readId, withProjects } from '../project-store'

export const projectRevokeCommand = defineCommand({
  name: 'project revoke',
  summary: 'end the keys of a project; its events stay',
  usage: '<id> [options]',
  maxOperands: 1,
  options: {
    kind: { type: 'string', value: 'public|secret', help: 'only these keys (all)' },
    ...projectOptions,
  },
  notes: 'The project takes no events until it is given a new key: firsthand project rotate.',
  async run({ options, operands, stdout, ...context }) {
    const id = readId(operands, 'revoke')
    const { kind } = options
    if (kind !== undefined && kind !== 'public' && kind !== 'secret')
      throw new CliError(`--kind: "${kind}" is neither public nor secret`, 2)
    await withProjects({ options, env: context.env, cwd: context.cwd }, async ({ registry }) =>
      done(await registry.revoke(id, { kind }), id),
    )
    const shown = { id, revoked: kind ?? 'all' }
    stdout.write(options.json ? `${JSON.stringify(shown)}\n` : `${kind ?? 'all'} keys of ${id} have ended\n`)
    return 0
  },
})
