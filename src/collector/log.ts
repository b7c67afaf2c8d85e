/** One structured line. Never contains bodies; ids of visitors only at the level `debug`. */
export interface LogEntry {
  level: LogLevel
  message: string
  [field: string]: unknown
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

export type LogLevel = (typeof logLevels)[number]

export type Log = (entry: LogEntry) => void

/** Writes JSON lines to the console's error stream. */
export function logToConsole(entry: LogEntry): void {
  console.error(JSON.stringify({ time: new Date().toISOString(), ...entry }))
}

/** Leaves out what is less serious than `level`. */
export function logFrom(level: LogLevel, log: Log): Log {
  const least = logLevels.indexOf(level)
  return (entry) => {
    if (logLevels.indexOf(entry.level) >= least) log(entry)
  }
}
