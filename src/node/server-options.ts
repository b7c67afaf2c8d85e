import type { QueueLimits } from '../core/delivery/limits'
import type { ServerOptions } from './server-api'

const policies: readonly unknown[] = ['block', 'drop-oldest', 'error']

/** Throws where an option is not what it should be, naming it. */
export function checkOptions(options: ServerOptions, limits: QueueLimits): void {
  checkPlugins(options.plugins)
  const { queue = {}, ...others } = options
  for (const [name, value] of Object.entries(queue)) {
    if (value === undefined) fail(`queue.${name}: leave it out, or pass a value`)
    else if (name === 'onFull') {
      if (!policies.includes(value)) fail(`queue.onFull: pass one of ${policies.join(', ')}`)
    } else if (name === 'dir') {
      if (typeof value !== 'string' || !value) fail('queue.dir: pass the path of a folder')
    } else if (!(name in limits)) fail(`queue.${name}: there is no such option`)
    else if (!(typeof value === 'number' && value > 0)) fail(`queue.${name}: pass a number above 0`)
  }
  for (const name of ['exitTimeoutMs', 'sessionTimeoutMs'] as const) {
    const value = others[name]
    if (value !== undefined && !(typeof value === 'number' && value > 0)) fail(`${name}: pass a number above 0`)
  }
  if (others.waitUntil !== undefined && typeof others.waitUntil !== 'function') fail('waitUntil: pass a function')
}

function checkPlugins(plugins: ServerOptions['plugins']): void {
  if (!Array.isArray(plugins) || plugins.length === 0) fail('plugins: pass at least one transport')
  const names = new Set<string>()
  for (const { name, encode, decode } of plugins) {
    if (!name || !encode || !decode) fail(`plugins: "${name}" is no transport; this client runs transports only`)
    if (names.has(name)) fail(`plugins: there are two with the name "${name}"`)
    names.add(name)
  }
}

function fail(message: string): never {
  throw new Error(`[firsthand] ${message}`)
}
