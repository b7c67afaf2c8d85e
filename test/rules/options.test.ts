import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parse, sources, walk } from './source'

interface DocumentedDefault {
  field: string
  documented: string
}

/** Every field of an interface that documents a `@default`. */
function documentedDefaults(file: ts.SourceFile): DocumentedDefault[] {
  const found: DocumentedDefault[] = []
  walk(file, (node) => {
    if (!ts.isPropertySignature(node)) return
    const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'default')
    if (tag) found.push({ field: node.name.getText(), documented: ts.getTextOfJSDocComment(tag.comment)?.trim() ?? '' })
  })
  return found
}

type Values = Map<string, ts.Expression>

/** The fields of `const ...Defaults = { ... }`, also of objects inside it. */
function defaultsTable(file: ts.SourceFile): Values {
  const values: Values = new Map()
  const addFields = (expression: ts.Expression) => {
    const object =
      ts.isSatisfiesExpression(expression) || ts.isAsExpression(expression) ? expression.expression : expression
    if (!ts.isObjectLiteralExpression(object)) return
    for (const property of object.properties) {
      if (!ts.isPropertyAssignment(property)) continue
      const isGroup = ts.isObjectLiteralExpression(property.initializer) && property.initializer.properties.length > 0
      if (isGroup) addFields(property.initializer)
      else values.set(property.name.getText(), property.initializer)
    }
  }
  walk(file, (node) => {
    if (ts.isVariableDeclaration(node) && /defaults$/i.test(node.name.getText()) && node.initializer)
      addFields(node.initializer)
  })
  return values
}

/** `{ port = 8787 }` and `options.port ?? 8787`, which is enough where there are one or two options. */
function inlineDefaults(file: ts.SourceFile): Values {
  const values: Values = new Map()
  walk(file, (node) => {
    if (ts.isBindingElement(node) && node.initializer)
      values.set((node.propertyName ?? node.name).getText(), node.initializer)
    const isFallback = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
    if (isFallback && ts.isPropertyAccessExpression(node.left)) values.set(node.left.name.text, node.right)
  })
  return values
}

/** The value of a literal, of arithmetic on numbers, or of a constant of the same file, as JSON. */
function valueOf(expression: ts.Expression | undefined, file: ts.SourceFile): string {
  const text = expression?.getText() ?? ''
  if (/^[\d_\s*+().-]+$/.test(text)) return String(Function(`return ${text}`)())
  if (/^'.*'$/.test(text)) return JSON.stringify(text.slice(1, -1))
  let constant = text
  walk(file, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === text && node.initializer)
      constant = valueOf(node.initializer, file)
  })
  return constant
}

/** `1800000 (30 minutes)`, `undefined: the widest domain`: a value first, then words; or words alone. */
const literal = /^`?(-?[\d._]+|true|false|null|undefined|'[^']*'|\[\]|\{\})`?(?=$|[\s:,;(])/

function isSame(documented: string, applied: string): boolean {
  const text = literal.exec(documented)?.[1]
  return text === undefined || text.replace(/'/g, '"').replace(/(?<=\d)_(?=\d)/g, '') === applied
}

const files = sources().map(parse)
const documenting = files.filter((file) => documentedDefaults(file).length > 0).map((file) => file.fileName)

describe('the options', () => {
  it('of client and collector stand in one table each', () => {
    expect(documenting).toEqual(expect.arrayContaining(['src/core/options.ts', 'src/collector/options.ts']))
  })

  it.each(documenting)('of %s: each documented default is the one that is applied', (path) => {
    const file = parse(path)
    const applied: Values = new Map([...inlineDefaults(file), ...defaultsTable(file)])
    const wrong = documentedDefaults(file)
      .map((option) => ({
        ...option,
        applied: applied.has(option.field) ? valueOf(applied.get(option.field), file) : 'nothing',
      }))
      .filter((option) => option.applied === 'nothing' || !isSame(option.documented, option.applied))
    expect(wrong).toEqual([])
  })

  it.each(documenting)('of %s: each default in the table is documented', (path) => {
    const file = parse(path)
    const documented = documentedDefaults(file).map(({ field }) => field)
    expect([...defaultsTable(file).keys()].filter((field) => !documented.includes(field))).toEqual([])
  })
})
