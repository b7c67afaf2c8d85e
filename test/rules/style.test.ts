import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { filesIn, parse, read, sources, walk } from './source'

const lineCount = (text: string) => text.trimEnd().split('\n').length

const lineOf = (file: ts.SourceFile, position: number) => file.getLineAndCharacterOfPosition(position).line + 1

function functionsIn(path: string): { place: string; lines: number }[] {
  const file = parse(path)
  const found: { place: string; lines: number }[] = []
  walk(file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return
    const first = lineOf(file, node.getStart())
    found.push({ place: `${path}:${first}`, lines: lineOf(file, node.end) - first + 1 })
  })
  return found
}

/** Names that belong to the page: `document.title` counts, `page.document` and `{ document: 1 }` do not. */
function pageGlobalsIn(path: string): string[] {
  const names = ['window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'location', 'history']
  const worlds = ['globalThis', 'self', 'window']
  const used: string[] = []
  const declared = new Set<string>()
  walk(parse(path), (node) => {
    if (!ts.isIdentifier(node) || !names.includes(node.text)) return
    const { parent } = node
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
      if (ts.isIdentifier(parent.expression) && worlds.includes(parent.expression.text)) used.push(node.text)
    } else if (
      (ts.isParameter(parent) || ts.isVariableDeclaration(parent) || ts.isBindingElement(parent)) &&
      parent.name === node
    )
      declared.add(node.text)
    else if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) {
      if (ts.isPropertyAssignment(parent) && parent.initializer === node) used.push(node.text)
    } else if (!ts.isBindingElement(parent) && !ts.isMethodSignature(parent) && !ts.isMethodDeclaration(parent))
      used.push(node.text)
  })
  return used.filter((name) => !declared.has(name)).map((name) => `${path} names ${name}`)
}

describe('the shape of the code', () => {
  it('nine of ten source files have at most 200 lines', () => {
    const lengths = sources()
      .map((path) => lineCount(read(path)))
      .sort((a, b) => a - b)
    expect(lengths[Math.ceil(lengths.length * 0.9) - 1]).toBeLessThanOrEqual(200)
  })

  it('no function has more than 60 lines', () => {
    expect(
      sources()
        .flatMap(functionsIn)
        .filter(({ lines }) => lines > 60),
    ).toEqual([])
  })

  it('nothing is typed any', () => {
    const places = sources().flatMap((path) => {
      const file = parse(path)
      const found: string[] = []
      walk(file, (node) => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${path}:${lineOf(file, node.getStart())}`)
      })
      return found
    })
    expect(places).toEqual([])
  })

  it('only src/browser/globals.ts touches the page', () => {
    const others = sources().filter((path) => path !== 'src/browser/globals.ts')
    expect(others.flatMap(pageGlobalsIn)).toEqual([])
  })

  it('files are named in kebab case', () => {
    const names = [...filesIn('src'), ...filesIn('plugins'), ...filesIn('test')].map(
      (path) => path.split('/').pop() ?? '',
    )
    expect(names.filter((name) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name) && name !== 'README.md')).toEqual([])
  })
})
