#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CliError } from './cli-error'
import { help } from './help'
import { type RunningServer, startServer } from './serve-command'
import { readSettings } from './settings'

// This file is built to dist/cli.js, beside the browser script.
const distDir = fileURLToPath(new URL('.', import.meta.url))

async function run(args: string[]): Promise<void> {
  const [command, ...rest] = args
  if (args.includes('--help') || args.includes('-h') || command === 'help') return void process.stdout.write(help)
  if (command === '--version') return void console.log(await readVersion())
  if (command === undefined)
    throw new CliError('say what to do, as in: firsthand serve (firsthand --help lists all)', 2)
  if (command !== 'serve') throw new CliError(`unknown command "${command}" (firsthand --help lists all)`, 2)
  const settings = readSettings(rest, process.env)
  const stopped = waitForStop()
  const server = await startServer(settings, distDir)
  await stopped
  await stop(server)
}

async function readVersion(): Promise<string> {
  return JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')).version
}

/** Registered before the start, so that a signal in between is not lost. A second signal ends the process at once. */
function waitForStop(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      resolve()
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  })
}

async function stop(server: RunningServer): Promise<void> {
  console.log('stopping')
  await server.close()
  process.exit(0)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  const known = error instanceof CliError || (error instanceof Error && error.message.startsWith('[firsthand]'))
  console.error(known ? `firsthand: ${error.message.replace('[firsthand] ', '')}` : error)
  process.exit(error instanceof CliError ? error.exitCode : 1)
})
