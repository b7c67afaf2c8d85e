import { spawn } from 'node:child_process'
import type { SqlOptions, SqlOutcome } from '../store'
import { libsqlDirectories } from './sqlite-driver'
import { checkSelect, sqliteDialect } from './single-select'
import workerSource from './sqlite-worker.cjs?raw'

interface Answer {
  id: string
  result?: { columns: string[]; rows: unknown[][] }
  error?: { message: string }
}

export interface SqliteQueries {
  run(sql: string, options: SqlOptions): Promise<SqlOutcome>
  /** Ends those that run. */
  close(): void
}

/**
 * Each query has a process of its own: SQLite works inside of one call, which can neither be interrupted from its own
 * thread nor end with its thread, and which may take all the memory that there is.
 */
export function createSqliteQueries(path: string): SqliteQueries {
  const running = new Set<() => void>()

  function ask(sql: string, { maxRows, timeoutMs }: SqlOptions): Promise<SqlOutcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...nodeOptions, workerSource, ...libsqlDirectories()], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        serialization: 'advanced',
        // Options that are meant for the collector, such as its inspector, are not for this process.
        env: { ...process.env, NODE_OPTIONS: '' },
      })
      const timer = setTimeout(() => end(() => resolve({ status: 'timeout' })), timeoutMs)
      const stop = () => end(() => reject(new Error('the store is closed')))
      running.add(stop)

      function end(answer: () => void): void {
        clearTimeout(timer)
        running.delete(stop)
        child.kill('SIGKILL')
        answer()
      }

      child.on('message', ({ id, result, error }: Answer) => {
        if (error) end(() => (id === 'open' ? reject(new Error(error.message)) : resolve(refused(error.message))))
        else if (id === 'query' && result) end(() => resolve({ status: 'done', result: cut(result, maxRows) }))
      })
      child.on('error', (error) => end(() => reject(error)))
      child.on('exit', () => end(() => resolve(refused('the query needed more memory than it may have'))))
      child.send({ id: 'open', command: 'open', argument: { path, readOnly: true } })
      child.send({ id: 'limit', command: 'exec', argument: `PRAGMA hard_heap_limit = ${maxHeapBytes}` })
      child.send({ id: 'query', command: 'query', argument: { sql, maxRows } })
    })
  }

  return {
    async run(sql, options) {
      const check = checkSelect(sql, sqliteDialect)
      return check.status === 'refused' ? check : ask(check.sql, options)
    },
    close() {
      for (const stop of running) stop()
    },
  }
}

const maxHeapBytes = 268_435_456
const nodeOptions = ['--no-warnings', '--max-old-space-size=256', '--eval']

function refused(reason: string): SqlOutcome {
  return { status: 'refused', reason }
}

function cut({ columns, rows }: { columns: string[]; rows: unknown[][] }, maxRows: number) {
  return { columns, rows: rows.slice(0, maxRows), truncated: rows.length > maxRows }
}
