// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://shop.example.com/deep/prices?utm_source=news&utm_campaign=spring#top" }
import * as analytics from 'analytics'
import { describe, it } from 'vitest'
import * as firsthand from '../../src/browser/index'
import type { Library } from './case'
import { cases } from './cases'
import { expectCase } from './expect-case'
import { runCase } from './run-case'

describe('the same on analytics and on firsthand, in happy-dom', () => {
  it.each(cases.filter(({ only }) => !only || only === 'page'))('$name', async (each) => {
    document.title = 'Prices & more'
    expectCase(each, await runCase(each, analytics as unknown as Library, firsthand as unknown as Library))
  })
})
