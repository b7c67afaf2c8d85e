import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const ignored = /^(node_modules|dist|\.dist-.*|data|coverage|\.git)$/

/** All files below a folder, as paths from the root with forward slashes. */
export function filesIn(folder: string, name: RegExp = /./): string[] {
  const files: string[] = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name).split(sep).join('/')
    if (ignored.test(entry.name)) continue
    if (entry.isDirectory()) files.push(...filesIn(path, name))
    else if (name.test(path)) files.push(path)
  }
  return files
}

/** The product's own TypeScript. */
export const sources = (): string[] => ['src', 'plugins'].flatMap((folder) => filesIn(folder, /(?<!\.d)\.ts$/))

export const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

export interface Import {
  from: string
  /** A file of the repository, or the package's name. */
  to: string
  isTypeOnly: boolean
}

function resolveRelative(from: string, specifier: string): string {
  const base = resolve(root, dirname(from), specifier.replace(/\?raw$/, ''))
  const candidates = [base, `${base}.ts`, join(base, 'index.ts')]
  const file = candidates.find((path) => existsSync(path) && statSync(path).isFile()) ?? base
  return relative(root, file).split(sep).join('/')
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  const clause = ts.isImportDeclaration(node) ? node.importClause : node
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const names = ts.isImportClause(clause) ? clause.namedBindings : clause.exportClause
  const hasDefault = ts.isImportClause(clause) && clause.name !== undefined
  if (hasDefault || !names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return false
  return names.elements.length > 0 && names.elements.every((element) => element.isTypeOnly)
}

/** Static and dynamic imports and re-exports of one file. */
export function importsOf(from: string): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return
    const { text } = specifier
    found.push({ from, to: text.startsWith('.') ? resolveRelative(from, text) : text, isTypeOnly: typeOnly })
  }
  walk(parse(from), (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node))
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
  })
  return found
}
