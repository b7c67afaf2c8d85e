import * as analytics from 'analytics'
import * as firsthand from '../../src/browser/index'
import type { Library } from './case'
import { cases } from './cases'
import { type Comparison, runCase } from './run-case'

/** In a page: all cases on both libraries, by name. */
async function compareAll(): Promise<Record<string, Comparison>> {
  const found: Record<string, Comparison> = {}
  for (const each of cases.filter(({ only }) => only !== 'node')) {
    found[each.name] = await runCase(each, analytics as unknown as Library, firsthand as unknown as Library)
  }
  return found
}

Object.assign(globalThis, { compareAll })
