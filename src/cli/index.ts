#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CliError } from './cli-error'
import { commands } from './command-table'
import { findCommand } from './find-command'
import { overview } from './help'
import { processContext } from './process-context'

// This file is built to dist/cli.js, beside the browser script.
const distDir = fileURLToPath(new URL('.', import.meta.url))

async function run([name, ...args]: string[]): Promise<number> {
  if (name === undefined) throw new CliError('say what to do, as in: firsthand serve (firsthand --help lists all)', 2)
  if (name === '--version') return print(`${await readVersion()}\n`)
  if (name === 'help' || isHelp(name))
    return print(args.length === 0 ? overview(commands) : findCommand(args, commands).command.help)
  const { command, args: rest } = findCommand([name, ...args], commands)
  return rest.some(isHelp) ? print(command.help) : command.run(rest, processContext(distDir))
}

const isHelp = (argument: string) => argument === '--help' || argument === '-h'

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

async function readVersion(): Promise<string> {
  return JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')).version
}

function report(error: unknown): number {
  const known = error instanceof CliError || (error instanceof Error && error.message.startsWith('[firsthand]'))
  console.error(known ? `firsthand: ${error.message.replace('[firsthand] ', '')}` : error)
  return error instanceof CliError ? error.exitCode : 1
}

// `firsthand export | head` has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

run(process.argv.slice(2))
  .catch(report)
  // Where pipes are asynchronous, an exit would cut off what a reader has not taken yet.
  .then((exitCode) => process.stdout.write('', () => process.exit(exitCode)))
