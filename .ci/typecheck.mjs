// Type-checks the whole and then each part under its own, narrower world: core without DOM and Node, node without DOM, ...
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const parts = ['src', 'plugins'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((file) => basename(file) === 'tsconfig.json')
    .map((file) => join(folder, dirname(file))),
)
const waiting = ['.', ...parts]

function check(part) {
  return new Promise((resolve) => {
    const tsc = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', part], {
      cwd: root,
      stdio: 'inherit',
    })
    tsc.on('close', (code) => {
      if (code !== 0) {
        console.error(`type check of ${part} failed`)
        process.exitCode = 1
      }
      resolve()
    })
  })
}

async function worker() {
  for (let part = waiting.shift(); part; part = waiting.shift()) await check(part)
}

await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker))
