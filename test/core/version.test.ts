import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LIBRARY } from '../../src/core/version'

it('the library says the version of its package', () => {
  const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(LIBRARY).toEqual({ name, version })
})
