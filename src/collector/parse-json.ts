import { findJsonError } from './json-error'
import { RequestProblem } from './request-problem'

/** Parses JSON; throws a `RequestProblem` that says where the first error is. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Engines word their messages differently and often leave the position out.
    const position = findJsonError(text) ?? text.length
    const before = text.slice(0, position).split('\n')
    const line = before.length
    const column = (before.at(-1) ?? '').length + 1
    throw new RequestProblem(400, 'invalid-json', `the body is not valid JSON at line ${line}, column ${column}`, {
      details: { line, column, position },
    })
  }
}
