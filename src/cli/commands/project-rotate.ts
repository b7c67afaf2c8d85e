import { CliError } from '../cli-error'
import { defineCommand } from '../define-command'
import { done, projectOptions, readId, withProjects } from '../project-store'

const unitMs = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

export const projectRotateCommand = defineCommand({
  name: 'project rotate',
  summary: 'give a project a new key, and end the old ones',
  usage: '<id> --kind public|secret [options]',
  maxOperands: 1,
  options: {
    kind: { type: 'string', value: 'public|secret', help: 'which key' },
    grace: { type: 'string', value: '<time>', help: 'how long the old ones still work, such as 24h (not at all)' },
    ...projectOptions,
  },
  notes: `Without --grace every old key of this kind is refused within some seconds, also those
that still had a time of grace: say so where a key has become known.

Example
  firsthand project rotate shop --kind secret --grace 24h`,
  async run({ options, operands, stdout, ...context }) {
    const id = readId(operands, 'rotate')
    const kind = readKind(options.kind)
    const graceMs = readGrace(options.grace)
    const { key } = await withProjects({ options, env: context.env, cwd: context.cwd }, async ({ registry }) =>
      done(await registry.rotate(id, { kind, graceMs }), id),
    )
    stdout.write(options.json ? `${JSON.stringify({ id, kind, key })}\n` : `${kind} key  ${key}\n`)
    return 0
  },
})

function readKind(text: string | undefined): 'public' | 'secret' {
  if (text === 'public' || text === 'secret') return text
  throw new CliError(
    text === undefined ? '--kind: say public or secret' : `--kind: "${text}" is neither public nor secret`,
    2,
  )
}

function readGrace(text: string | undefined): number {
  if (text === undefined) return 0
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return Number(count) * (unitMs.get(unit) ?? 0)
  throw new CliError(`--grace: "${text}" is no time, such as 30m, 24h or 7d`, 2)
}
