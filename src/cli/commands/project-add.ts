import { defineCommand } from '../define-command'
import { done, projectOptions, readId, readQuota, withProjects } from '../project-store'

export const projectAddCommand = defineCommand({
  name: 'project add',
  summary: 'add a project, and print its keys',
  usage: '<id> [options]',
  maxOperands: 1,
  options: {
    origin: {
      type: 'string',
      multiple: true,
      value: '<origin>',
      help: 'pages that may send, such as https://example.com or\nhttps://*.example.com; may be repeated',
    },
    'allow-no-origin': { type: 'boolean', help: 'take events without an Origin header, as apps send them' },
    quota: { type: 'string', value: '<events>', help: 'events of a calendar month that are stored (no limit)' },
    ...projectOptions,
  },
  notes: `The secret key is shown this once: the store keeps only its digest.

Example
  firsthand project add shop --origin https://shop.example --quota 1000000`,
  async run({ options, operands, stdout, ...context }) {
    const id = readId(operands, 'add')
    const project = {
      id,
      origins: options.origin ?? [],
      allowNoOrigin: options['allow-no-origin'] ?? false,
      monthlyQuota: readQuota(options.quota) ?? null,
    }
    const { keys } = await withProjects(
      { options, env: context.env, cwd: context.cwd },
      async ({ registry }) => done(await registry.create(project), id),
      { make: true },
    )
    stdout.write(
      options.json
        ? `${JSON.stringify({ id, keys })}\n`
        : `project     ${id}\npublic key  ${keys.public}\nsecret key  ${keys.secret}\n`,
    )
    return 0
  },
})
