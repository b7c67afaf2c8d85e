import { describe, expect, it } from 'vitest'
import { read } from './source'

describe('the stub', () => {
  const stub = read('dist/stub.min.js').trim()
  const readme = read('README.md')

  it('has at most 400 bytes', () => {
    const bytes = new TextEncoder().encode(stub).length
    console.log(`stub: ${bytes} of 400 bytes`)
    expect(bytes).toBeLessThanOrEqual(400)
    expect(readme).toContain(`<!-- stub:bytes -->${bytes} bytes`)
  })

  it('is what the README shows', () => {
    expect(/<!-- stub -->\n```html\n<script>(.*)<\/script>\n/.exec(readme)?.[1]).toBe(stub)
  })

  it('could stand in any page', () => {
    expect(stub).not.toMatch(/<\/script|<!--|^\s*\/\/#/m)
  })
})
