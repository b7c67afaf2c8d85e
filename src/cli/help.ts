export const help = `firsthand - first-party event tracking that you own

Usage
  firsthand serve [options]   start the collector with its embedded store
  firsthand --help            show this text
  firsthand --version         show the version

Options of serve
  --site <dir>         also serve the static files of this directory, from the same origin
  --origin <origin>    accept events from pages of this origin, such as https://example.com; may be repeated

Environment of serve
  PORT          port to listen on, 0 for any that is free (8080)
  HOST          address to listen on (127.0.0.1)
  DATA_DIR      directory of the store and of the tokens made here (./data)
  ADMIN_TOKEN   opens the live view, at least 16 characters; made and kept in DATA_DIR/admin-token when not given
  PROJECT_KEY   public key that pages send their events with (demo)
  SECRET_KEY    secret key for servers, at least 16 characters (none)

Exit codes: 0 stopped in order, 1 could not start, 2 wrong use
`
