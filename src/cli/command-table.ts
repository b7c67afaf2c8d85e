import type { Command } from './command'
import { serveCommand } from './commands/serve'

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [serveCommand]
