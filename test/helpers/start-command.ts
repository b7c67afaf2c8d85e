import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Started {
  /** Origin of site and collector, no slash at the end. */
  origin: string
  /** As printed, token included. */
  liveLink: string
  output(): string
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Runs what `npm start` runs after its preparation: the built command with the marketing site. */
export async function startCommand(env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, ['dist/cli.js', 'serve', '--site', 'examples/marketing-site'], {
    cwd: root,
    env: { ...process.env, PORT: '0', ...env },
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const liveLink = await printedLink(child, () => output)
  return {
    origin: new URL(liveLink).origin,
    liveLink,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null) return child.exitCode
      child.kill(signal)
      const [code] = await once(child, 'exit')
      return code
    },
  }
}

async function printedLink(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const link = /http\S+\/live\?token=\S+/.exec(output())
    if (link) return link[0]
    const [event] = await Promise.race([
      once(child.stdout!, 'data').then(() => ['data']),
      once(child, 'exit').then(() => ['exit']),
    ])
    if (event === 'exit') throw new Error(`the start command ended:\n${output()}`)
  }
}
