// Child of node.mjs: `node node-run.mjs <peer's file> <url> <dir> <calls>`. Lives until it is killed.
const [file, url, dir, calls] = process.argv.slice(2)
const { peer } = await import(file)
const track = await peer.node({ url, dir })
for (let index = 0; index < Number(calls); index++) void track(`m${index}`)
setTimeout(() => process.send('called'), 1000)
setInterval(() => {}, 60_000)
