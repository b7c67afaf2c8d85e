import ts from 'typescript'
import { describe, expect, it } from 'vitest'
// @ts-expect-error: a script of the build, without types.
import { internalNames } from '../../.ci/internal-names.mjs'
import { root, sources, walk } from './source'

const names = new Set(Object.keys(internalNames as Record<string, string>))

const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  root,
)
const files = sources()
const program = ts.createProgram(
  files.map((file) => `${root}/${file}`),
  config.options,
)
const checker = program.getTypeChecker()
const sourceOf = (file: string) => program.getSourceFile(`${root}/${file}`) as ts.SourceFile

const isOurs = (symbol: ts.Symbol | undefined): boolean =>
  !!symbol?.declarations?.every((declaration) => files.some((file) => sourceOf(file) === declaration.getSourceFile()))

/** The property that a name in the code stands for; undefined where the name is no property. */
function propertyAt(node: ts.Identifier): { symbol: ts.Symbol | undefined } | undefined {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return { symbol: checker.getSymbolAtLocation(node) }
  if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent)) {
    if ((parent.propertyName ?? parent.name) !== node) return
    return { symbol: checker.getTypeAtLocation(parent.parent).getProperty(node.text) }
  }
  if (ts.isObjectLiteralElementLike(parent) && parent.name === node) {
    const literal = parent.parent
    const expected = ts.isObjectLiteralExpression(literal)
      ? checker.getContextualType(literal)?.getProperty(node.text)
      : undefined
    return { symbol: expected ?? checker.getSymbolAtLocation(node) }
  }
  return
}

/** Names of the list that stand for something foreign, or are text somewhere. */
function foreignIn(file: string): string[] {
  const found: string[] = []
  walk(sourceOf(file), (node) => {
    if (!(ts.isIdentifier(node) || ts.isStringLiteralLike(node)) || !names.has(node.text)) return
    const place = `${file}: ${node.text}`
    if (ts.isStringLiteralLike(node)) {
      // In types it is a `Pick` of our own.
      if (!ts.isLiteralTypeNode(node.parent)) found.push(place)
      return
    }
    const property = propertyAt(node)
    if (property && !isOurs(property.symbol)) found.push(place)
  })
  return found
}

/** Names of all properties that can be reached from what a file exports. */
function publicNames(file: string, seen: Set<ts.Type>): string[] {
  const found: string[] = []
  const look = (type: ts.Type): void => {
    if (seen.has(type)) return
    seen.add(type)
    if (type.isUnionOrIntersection()) type.types.forEach(look)
    checker.getTypeArguments(type as ts.TypeReference).forEach(look)
    checker.getIndexInfosOfType(type).forEach((info) => look(info.type))
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      signature.getParameters().forEach((parameter) => look(checker.getTypeOfSymbol(parameter)))
      look(signature.getReturnType())
    }
    for (const property of type.getProperties().filter(isOurs)) {
      found.push(property.name)
      look(checker.getTypeOfSymbol(property))
    }
  }
  const module = checker.getSymbolAtLocation(sourceOf(file))
  for (const exported of module ? checker.getExportsOfModule(module) : []) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    found.push(exported.name)
    if (symbol.flags & ts.SymbolFlags.Value) look(checker.getTypeOfSymbol(symbol))
    if (symbol.flags & ts.SymbolFlags.Type) look(checker.getDeclaredTypeOfSymbol(symbol))
  }
  return found
}

describe('the names that the build shortens', () => {
  it('stand for nothing that is not ours, and are no text', () => {
    expect(files.flatMap(foreignIn)).toEqual([])
  })

  it('can be reached from no public export, nor from what is stored or shown', () => {
    const shown = ['src/core/delivery/journal-entry.ts', 'src/core/payload.ts', 'src/core/event.ts']
    const entries = files.filter(
      (file) =>
        /^src\/(browser|node|collector|cli|testing)\/index\.ts$|^src\/node\/server\.ts$|^plugins\//.test(file) ||
        shown.includes(file),
    )
    const seen = new Set<ts.Type>()
    expect(entries.flatMap((file) => publicNames(file, seen)).filter((name) => names.has(name))).toEqual([])
  })

  it('are shortened to what no property in a source is called', () => {
    const short = new Set(Object.values(internalNames as Record<string, string>))
    expect(short.size).toBe(names.size)
    const written = files.flatMap((file) => {
      const found: string[] = []
      walk(sourceOf(file), (node) => {
        if (ts.isIdentifier(node) && short.has(node.text) && propertyAt(node)) found.push(`${file}: ${node.text}`)
      })
      return found
    })
    expect(written).toEqual([])
  })
})
