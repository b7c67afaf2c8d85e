import { defineCommand } from '../define-command'
import { configOption, loadConfig } from '../load-config'
import { whenAborted } from '../process-context'
import { readSettings, serveOptions } from '../settings'
import { startServer } from '../start-server'

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'start the collector with its embedded store',
  usage: '[options]',
  options: { ...serveOptions, ...configOption },
  notes: `Environment
  PORT          port to listen on, 0 for any that is free (8080)
  HOST          address to listen on (127.0.0.1)
  DATA_DIR      directory of the store and of the tokens made here (./data)
  DATABASE_URL  Postgres to keep events in, in place of a file in DATA_DIR, such as
                postgres://user:password@host:5432/events (none)
  ADMIN_TOKEN   opens the live view, at least 16 characters (made and kept in
                DATA_DIR/admin-token)
  PROJECT_KEY   public key that pages send their events with (demo)
  SECRET_KEY    secret key for servers, at least 16 characters (none)
  LOG_LEVEL     debug (a line for each request), info, warn or error (info)

Example
  firsthand serve --origin https://www.example.com`,
  exitCodes: '0 stopped in order, 1 could not start, 2 wrong use',
  async run({ options, env, cwd, distDir, stdout, catchStop }) {
    const config = await loadConfig(options.config, cwd)
    const settings = readSettings(options, env, config, cwd)
    // Before the start, so that a signal in between is not lost.
    const stopped = catchStop()
    const server = await startServer(settings, distDir)
    stdout.write(server.links)
    await whenAborted(stopped)
    stdout.write('stopping\n')
    await server.close()
    return 0
  },
})
