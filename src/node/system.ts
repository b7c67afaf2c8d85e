import type * as fs from 'node:fs'
import type * as os from 'node:os'
import type { EventContext } from '../core/event'
import { LIBRARY } from '../core/version'

export type FileSystem = typeof fs
export type OperatingSystem = typeof os

type Process = Pick<typeof process, 'versions' | 'getBuiltinModule'>

/**
 * A module of Node, without an import: edge runtimes have no `node:fs` and would fail to load the whole client for it.
 * Undefined where this runtime does not have it.
 */
export const builtin = <Module>(name: string): Module | undefined => {
  const { process } = globalThis as { process?: Partial<Process> }
  return process?.getBuiltinModule?.(name) as Module | undefined
}

/** `{ name, version }` of what the process runs in; undefined on edge runtimes. */
const runtime = () => {
  const { process } = globalThis as { process?: Partial<Process> }
  const { bun, deno, node }: Record<string, string | undefined> = process?.versions ?? {}
  if (bun) return { name: 'bun', version: bun }
  if (deno) return { name: 'deno', version: deno }
  return node ? { name: 'node', version: node } : undefined
}

/** What is true of each event of this process: library, and operating system and runtime where they are known. */
export function systemContext(): EventContext {
  const system = builtin<OperatingSystem>('node:os')
  const context: EventContext = { library: LIBRARY }
  if (system) context.os = { name: system.type(), version: system.release() }
  const found = runtime()
  if (found) context.runtime = found
  return context
}
