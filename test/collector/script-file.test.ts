import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { describeScript } from '../../src/collector/script-file'

it('describeScript names a script by its hash and gives what a browser checks', async () => {
  const text = 'alert("ü")'
  const hash = createHash('sha384').update(text)
  const version = hash.copy().digest('hex').slice(0, 12)
  expect(await describeScript(text)).toEqual({
    version,
    versionedName: `firsthand.${version}.js`,
    integrity: `sha384-${hash.digest('base64')}`,
  })
  expect((await describeScript(text, 'a.js')).versionedName).toBe(`a.${version}.js`)
})
