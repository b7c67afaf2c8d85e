import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, read, root } from './source'

const text = /\.(ts|mjs|js|json|md|html|css|txt|sql|yml|yaml|sh)$|\/[A-Za-z-]+$|^[A-Z-]+$|^\.\w+$/
const files = filesIn('.', text).filter((path) => path !== 'test/rules/repository.test.ts')

/** The repository speaks of the product alone. */
const foreign = [
  /\/work\//,
  /\bissues? #?\d+\b(?!\s*(?:of|in)\s+\w+\/\w+)/i,
  /\bfarm-\w+/,
  /\bregistry\.[a-z]+\.(?:org|com)/,
  /\b(?:sub-?agent|coding agent|AI assistant|language model)s?\b/i,
  /\/tmp\/brief/,
]

describe('the repository', () => {
  it('looks at all its text files', () => {
    const some = ['package.json', '.ci/run', 'LICENSE', '.npmrc', 'src/core/event.ts']
    expect(some.filter((path) => !files.includes(path))).toEqual([])
  })

  it('names no place or process of its making', () => {
    const found = files.flatMap((path) => {
      const content = readFileSync(join(root, path), 'utf8')
      return foreign.flatMap((word) => (word.exec(content) ?? []).map((match) => `${path}: ${match}`))
    })
    expect(found).toEqual([])
  })

  it('locks exact versions without download addresses', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> }
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
    expect(Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))).toEqual([])
  })

  it('leaves no test out and no work undone', () => {
    const leftovers = files
      .filter((path) => /^(src|plugins|test)\/.*\.ts$/.test(path) && !path.startsWith('test/rules/'))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .filter((line) =>
            /\b(it|test|describe)\.(only|todo|skip)\(|\bTODO\b|\bFIXME\b|@ts-ignore|@ts-nocheck/.test(line),
          )
          .map((line) => `${path}: ${line.trim()}`),
      )
    expect(leftovers).toEqual([])
  })
})
