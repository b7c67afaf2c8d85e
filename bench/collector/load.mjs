// The client, in a process of its own: as many connections as asked, each with one request under way, for so many seconds or requests.
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { quantile } from '../lib/table.mjs'
import { createRequests } from './requests.mjs'

const marks = ['"accepted":', '"events":'].map((text) => Buffer.from(text))
const end = Buffer.from('\r\n\r\n')

/** One answer: null while it is not whole. */
function readAnswer(bytes) {
  const headEnd = bytes.indexOf(end)
  if (headEnd < 0) return null
  const head = bytes.toString('latin1', 0, headEnd)
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
  if (!(length >= 0)) throw new Error(`an answer without a length: ${head}`)
  if (bytes.length < headEnd + end.length + length) return null
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`${head}\n${bytes.toString('utf8', headEnd)}`)
  const mark = marks.find((text) => bytes.indexOf(text, headEnd) >= 0)
  const at = bytes.indexOf(mark, headEnd) + mark.length
  return Number.parseInt(bytes.toString('latin1', at, at + 8), 10)
}

function runConnection({ port, requests, state }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let start = 0
    let answer = Buffer.alloc(0)
    const send = () => {
      start = performance.now()
      if (start >= state.until || state.sent++ >= state.maxRequests) return socket.end(resolve)
      socket.write(requests.next())
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (part) => {
      answer = answer.length === 0 ? part : Buffer.concat([answer, part])
      try {
        const accepted = readAnswer(answer)
        if (accepted === null) return
        answer = Buffer.alloc(0)
        state.events += accepted
        state.latencies.push(performance.now() - start)
        send()
      } catch (error) {
        socket.destroy()
        reject(error)
      }
    })
  })
}

async function load({ port, batch, concurrency, seconds = 600, maxRequests = Number.POSITIVE_INFINITY }) {
  const requests = createRequests(port, batch)
  const start = performance.now()
  const state = { until: start + seconds * 1_000, maxRequests, sent: 0, events: 0, latencies: [] }
  const cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: concurrency }, () => runConnection({ port, requests, state })))
  const { user, system } = process.cpuUsage(cpu)
  const { latencies, events } = state
  return {
    seconds: (performance.now() - start) / 1_000,
    events,
    requests: latencies.length,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    bodyBytes: requests.bodyBytes,
    clientCpuS: (user + system) / 1e6,
  }
}

process.on('message', async (options) => {
  try {
    process.send(await load(options))
  } catch (error) {
    process.send({ error: String(error) })
  }
})
