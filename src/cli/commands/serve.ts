import type { Command } from '../command'
import { startServer } from '../serve-command'
import { readSettings } from '../settings'

export const serveCommand: Command = {
  name: 'serve',
  summary: 'start the collector with its embedded store',
  help: `firsthand serve - start the collector with its embedded store

Usage
  firsthand serve [options]

Options
  --site <dir>         also serve the static files of this directory, from the same origin
  --origin <origin>    accept events from pages of this origin, such as https://example.com; may be repeated

Environment
  PORT          port to listen on, 0 for any that is free (8080)
  HOST          address to listen on (127.0.0.1)
  DATA_DIR      directory of the store and of the tokens made here (./data)
  ADMIN_TOKEN   opens the live view, at least 16 characters; made and kept in DATA_DIR/admin-token when not given
  PROJECT_KEY   public key that pages send their events with (demo)
  SECRET_KEY    secret key for servers, at least 16 characters (none)

Exit codes: 0 stopped in order, 1 could not start, 2 wrong use
`,
  async run(args, { env, distDir }) {
    const settings = readSettings(args, env)
    const stopped = waitForStop()
    const server = await startServer(settings, distDir)
    await stopped
    console.log('stopping')
    await server.close()
    return 0
  },
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
