import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createCollector } from 'firsthand/collector'
import { serve } from 'firsthand/collector/node'
import { sqliteStore } from 'firsthand/collector/stores/sqlite'

const { PORT = '3000', ADMIN_TOKEN = 'only-for-this-example' } = process.env

const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url))
const page = readFileSync(fileOf('index.html'))
const { outputFiles } = await build({ entryPoints: [fileOf('main.js')], bundle: true, minify: true, write: false })

const collector = createCollector({
  projects: [{ id: 'shop', key: 'demo', origins: [`http://localhost:${PORT}`, `http://127.0.0.1:${PORT}`] }],
  store: sqliteStore({ path: ':memory:' }),
  adminToken: ADMIN_TOKEN,
})

const files = {
  '/': [page, 'text/html'],
  '/main.js': [outputFiles[0].contents, 'text/javascript'],
  '/site.css': [readFileSync(fileOf('../marketing-site/site.css')), 'text/css'],
  '/shop.css': [readFileSync(fileOf('../tea-shop/shop.css')), 'text/css'],
  '/favicon.svg': [readFileSync(fileOf('../marketing-site/favicon.svg')), 'image/svg+xml'],
}

/** The shop itself; whatever it does not have is the collector's. */
const site = {
  ...collector,
  async fetch(request, info) {
    const [body, type] = files[new URL(request.url).pathname] ?? []
    return body ? new Response(body, { headers: { 'content-type': type } }) : collector.fetch(request, info)
  },
}

await serve(site, { port: Number(PORT) })
console.log(`shop       http://localhost:${PORT}`)
console.log(`live view  http://localhost:${PORT}/live  token: ${ADMIN_TOKEN}`)
