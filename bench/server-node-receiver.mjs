// A receiver in a process of its own: counts events without parsing them, so that it is never what is measured.
import { createServer } from 'node:http'

const answer = JSON.stringify({ success: true, accepted: 1, duplicates: 0, rejected: [] })
const id = Buffer.from('"messageId"')
let events = 0
let requests = 0
let open = 0
let mostOpen = 0

const server = createServer((request, response) => {
  const parts = []
  mostOpen = Math.max(mostOpen, ++open)
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const body = Buffer.concat(parts)
    for (let at = body.indexOf(id); at >= 0; at = body.indexOf(id, at + id.length)) events++
    requests++
    open--
    response.setHeader('content-type', 'application/json')
    response.end(answer)
  })
})

process.on('message', (message) => {
  if (message === 'reset') events = requests = open = mostOpen = 0
  process.send({ events, requests, mostOpen })
})
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
