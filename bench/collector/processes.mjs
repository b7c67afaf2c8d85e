// Server and client as processes that are asked and answer.
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root } from '../lib/bundle.mjs'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))

function answerOf(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`the process has ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      if (message.error) reject(new Error(message.error))
      else resolve(message)
    })
  })
}

const ask = (child, message) => {
  const answer = answerOf(child)
  child.send(message)
  return answer
}

export async function startServer(kind, bundle, store, execArgv = []) {
  const child = fork(file('server.mjs'), [kind, bundle, store ?? ''], { execArgv })
  const { port } = await answerOf(child)
  return {
    port,
    ask: (command) => ask(child, command),
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await ask(child, 'close')
      await ended
    },
  }
}

export async function runLoad(options) {
  const child = fork(file('load.mjs'))
  try {
    return await ask(child, options)
  } finally {
    child.kill()
  }
}

const rawText = {
  name: 'raw',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace('?raw', '')),
      namespace: 'raw',
    }))
    onLoad({ filter: /./, namespace: 'raw' }, ({ path }) => ({ contents: readFileSync(path, 'utf8'), loader: 'text' }))
  },
}

/** The product as it is in the sources, in a file below the repository, so that it finds its peers. */
export async function bundleProduct() {
  const dir = mkdtempSync(join(root, 'node_modules', '.bench-collector-'))
  const contents = `
    export { createAdaptorServer } from '@hono/node-server'
    export { createCollector } from './src/collector/create-collector.ts'
    export { serve } from './src/collector/node/serve.ts'
    export { sqliteStore } from './src/collector/stores/sqlite.ts'
    export { postgresStore } from './src/collector/stores/postgres.ts'`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20', plugins: [rawText] },
    external: ['pg', 'libsql'],
  })
  const path = join(dir, 'product.mjs')
  writeFileSync(path, outputFiles[0].contents)
  return { path, remove: () => rmSync(dir, { recursive: true, force: true }) }
}
