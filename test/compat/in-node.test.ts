import * as analytics from 'analytics'
import { describe, it } from 'vitest'
import * as firsthand from '../../src/node/index'
import type { Library } from './case'
import { cases } from './cases'
import { expectCase } from './expect-case'
import { runCase } from './run-case'

describe('the same on analytics and on firsthand, in Node', () => {
  it.each(cases.filter(({ only }) => !only || only === 'node'))('$name', async (each) => {
    expectCase(each, await runCase(each, analytics as unknown as Library, firsthand as unknown as Library))
  })
})
