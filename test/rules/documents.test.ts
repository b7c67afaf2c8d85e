import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, read, root } from './source'

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'plugins', 'examples', 'bench'].flatMap((folder) => filesIn(folder, /\.md$/)),
]

/** What matches in all documents, with the document. */
const mentions = (pattern: RegExp) =>
  documents.flatMap((document) =>
    [...read(document).matchAll(pattern)].map((match) => ({ document, name: match[1] ?? '' })),
  )

/** An example with a package.json of its own has its own scripts. */
function scriptsFor(document: string): Record<string, string> {
  const own = join(dirname(document), 'package.json')
  return JSON.parse(read(existsSync(join(root, own)) ? own : 'package.json')).scripts ?? {}
}

describe('the documents', () => {
  it('name only scripts that exist', () => {
    const named = [...mentions(/\bnpm run ([\w:-]+)/g), ...mentions(/\bnpm (start|test)\b/g)]
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter(({ document, name }) => !(name in scriptsFor(document)))).toEqual([])
  })

  it('name only commands that the package has', () => {
    const help = execFileSync(process.execPath, ['dist/cli.js', '--help'], { cwd: root, encoding: 'utf8' })
    const named = mentions(/\bnpx firsthand ([a-z]+)/g)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(({ name }) => !help.includes(`firsthand ${name}`))).toEqual([])
  })

  it('mention only examples and internal tools that exist', () => {
    const named = [...mentions(/\b(examples\/[\w-]+)/g), ...mentions(/(?<![\w/])(\.ci\/[\w.-]+)/g)]
    expect(named.filter(({ name }) => !existsSync(join(root, name)))).toEqual([])
  })
})
