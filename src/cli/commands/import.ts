import { resolve } from 'node:path'
import { type CollectorLimits, collectorDefaults } from '../../collector/options'
import type { Store } from '../../collector/store'
import { CliError } from '../cli-error'
import type { CommandContext, TextOutput } from '../command'
import type { FirsthandConfig } from '../config'
import { defineCommand } from '../define-command'
import { openStore, storeOptions } from '../event-source'
import { createImporter, type Importer } from '../importer'
import { fileInput, type NdjsonInput, ndjsonLines } from '../ndjson-lines'
import { printable } from '../printable'
import { counted, createProgress, type Progress } from '../progress'
import { defaultProject } from '../settings'

const maxShownLines = 20
/** How much longer than an event a line may be: archives add fields, and escape what need not be. */
const lineSlack = 4

export const importCommand = defineCommand({
  name: 'import',
  summary: 'store events of NDJSON files, such as archives; safe to repeat',
  usage: '[options] [<file>...]',
  maxOperands: Number.POSITIVE_INFINITY,
  options: {
    project: { type: 'string', value: '<id>', help: 'project of all events (what the line says)' },
    json: { type: 'boolean', help: 'print the counts as JSON' },
    ...storeOptions,
  },
  notes: `Reads the standard input where no file is named; files may be packed with gzip.
Each line is an event as export writes it, or as Segment does. Its time is kept,
whatever its age. What is there already is not stored again: a line without a
messageId gets one that is made of the line. What the collector would refuse is
reported with its line.

Examples
  firsthand import archive/*.ndjson.gz
  zcat dump.gz | firsthand import --project shop`,
  exitCodes: '0 every line is stored, 1 some are not or the store failed, 2 wrong use',
  async run({ options, operands, ...rest }) {
    const { env, cwd, stdin, stdout, stderr } = rest
    const inputs = await inputsOf(operands, { cwd, stdin })
    const { store, config } = await openStore({ options, env, cwd }, { make: true })
    try {
      const limits = { ...collectorDefaults.limits, ...config.limits }
      const importer = createImporter({ ...(await projectsOf(store, config, options.project)), store, limits })
      await importAll(inputs, importer, limits, stderr)
      const { lines, stored, duplicates, rejected } = importer.tally
      const text = `${counted(lines)} lines: ${counted(stored)} stored, ${counted(duplicates)} known, ${counted(rejected)} rejected`
      stdout.write(`${options.json ? JSON.stringify(importer.tally) : text}\n`)
      return rejected > 0 ? 1 : 0
    } finally {
      await store.close()
    }
  },
})

async function inputsOf(names: readonly string[], { cwd, stdin }: Pick<CommandContext, 'cwd' | 'stdin'>) {
  if (names.length > 0) return Promise.all(names.map((name) => fileInput(name, resolve(cwd, name))))
  if (stdin.isTTY) throw new CliError('name a file, or pass events by the standard input', 2)
  return [{ name: 'stdin', size: null, open: () => stdin }]
}

/** A typing mistake must not make a project that nobody looks at. */
async function projectsOf(store: Store, config: FirsthandConfig, project: string | undefined) {
  const ids = [...(config.projects ?? [defaultProject]), ...(await store.projects())].map(({ id }) => id)
  const projects = new Set(ids)
  if (project !== undefined && !projects.has(project))
    throw new CliError(`--project: there is no project "${project}", only ${[...projects].join(', ')}`, 2)
  return { projects, project: project ?? null, defaultProject: ids.length === 1 ? (ids[0] as string) : null }
}

async function importAll(
  inputs: readonly NdjsonInput[],
  importer: Importer,
  limits: CollectorLimits,
  stderr: TextOutput,
): Promise<void> {
  const progress = createProgress(stderr)
  const report = createReport(stderr, progress)
  const total = inputs.reduce<number | null>((sum, { size }) => (sum === null || size === null ? null : sum + size), 0)
  let before = 0
  try {
    for (const input of inputs) {
      for await (const { number, text, bytesRead } of ndjsonLines(input, limits.maxEventBytes * lineSlack)) {
        const bad = await importer.add(text)
        if (bad) report.add(`${input.name}:${number}: ${bad.message}`)
        const { lines, rejected } = importer.tally
        const share = total === null ? null : (before + bytesRead) / total
        progress.update({ events: lines, share, note: rejected > 0 ? `${counted(rejected)} rejected` : undefined })
      }
      before += input.size ?? 0
    }
    await importer.flush()
  } finally {
    progress.clear()
    report.end()
  }
}

/** What is wrong with the first lines; how many more there are. */
function createReport(stderr: TextOutput, progress: Progress) {
  let count = 0
  return {
    add(text: string) {
      count++
      if (count > maxShownLines) return
      progress.clear()
      stderr.write(`${printable(text)}\n`)
    },
    end() {
      if (count > maxShownLines) stderr.write(`and ${counted(count - maxShownLines)} more\n`)
    },
  }
}
