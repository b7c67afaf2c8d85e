import type { Command } from './command'
import { exportCommand } from './commands/export'
import { importCommand } from './commands/import'
import { serveCommand } from './commands/serve'
import { sqlCommand } from './commands/sql'
import { tailCommand } from './commands/tail'

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [serveCommand, importCommand, exportCommand, tailCommand, sqlCommand]
