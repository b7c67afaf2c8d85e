/** One structured line. Never contains bodies or ids of visitors. */
export interface LogEntry {
  level: 'info' | 'warn' | 'error'
  message: string
  [field: string]: unknown
}

export type Log = (entry: LogEntry) => void

/** Writes JSON lines to the console's error stream. */
export function logToConsole(entry: LogEntry): void {
  console.error(JSON.stringify({ time: new Date().toISOString(), ...entry }))
}
