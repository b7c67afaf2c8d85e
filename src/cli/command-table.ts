import type { Command } from './command'
import { exportCommand } from './commands/export'
import { importCommand } from './commands/import'
import { projectCommand } from './commands/project'
import { serveCommand } from './commands/serve'
import { sqlCommand } from './commands/sql'
import { tailCommand } from './commands/tail'

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  serveCommand,
  projectCommand,
  importCommand,
  exportCommand,
  tailCommand,
  sqlCommand,
]
