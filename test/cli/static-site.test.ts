import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStaticSite, type StaticSite } from '../../src/cli/static-site'

describe('createStaticSite', () => {
  let parent: string
  let site: StaticSite
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'firsthand-site-'))
    const dir = join(parent, 'site')
    await mkdir(join(dir, 'docs'), { recursive: true })
    await mkdir(join(parent, 'site-secret'))
    await writeFile(join(parent, 'secret.txt'), 'secret')
    await writeFile(join(parent, 'site-secret/secret.txt'), 'secret')
    await writeFile(join(dir, 'index.html'), 'home')
    await writeFile(join(dir, 'pricing.html'), 'pricing')
    await writeFile(join(dir, 'docs/index.html'), 'docs')
    await writeFile(join(dir, 'style.css'), 'css')
    await writeFile(join(dir, 'a b.js'), 'js')
    await writeFile(join(dir, '.env'), 'secret')
    await symlink(join(parent, 'secret.txt'), join(dir, 'link.txt'))
    site = await createStaticSite({ dir, files: new Map([['/made.js', async () => 'made']]) })
  })
  afterEach(() => rm(parent, { recursive: true }))

  const get = async (path: string, method = 'GET') => {
    const response = await site.find(new Request(new URL(path, 'http://site.test'), { method }))
    return response && [response.headers.get('content-type'), await response.text()]
  }

  it.each([
    ['/', 'text/html; charset=utf-8', 'home'],
    ['/?a=1', 'text/html; charset=utf-8', 'home'],
    ['/pricing', 'text/html; charset=utf-8', 'pricing'],
    ['/docs/', 'text/html; charset=utf-8', 'docs'],
    ['/style.css', 'text/css; charset=utf-8', 'css'],
    ['/a%20b.js', 'text/javascript; charset=utf-8', 'js'],
    ['/made.js', 'text/javascript; charset=utf-8', 'made'],
  ])('finds %s', async (path, type, body) => {
    expect(await get(path)).toEqual([type, body])
    expect(await get(path, 'HEAD')).toEqual([type, ''])
  })

  it.each([
    '/nothing',
    '/docs',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/docs/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..%2fsite-secret%2fsecret.txt',
    '/.env',
    '/link.txt',
    '/style.css%00.html',
    '/%',
  ])('does not find %s', async (path) => {
    expect(await get(path)).toBeNull()
  })

  it('leaves other methods to the collector', async () => {
    expect(await get('/', 'POST')).toBeNull()
  })

  it('has a 404 page, the own one where there is one', async () => {
    expect(await (await site.notFound()).text()).toContain('Not found')
    await writeFile(join(parent, 'site/404.html'), 'own page')
    const response = await site.notFound()
    expect([response.status, await response.text()]).toEqual([404, 'own page'])
  })
})
