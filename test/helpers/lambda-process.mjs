// A Lambda environment: loads a handler and runs one call at a time for whoever has forked this process.
import { pathToFileURL } from 'node:url'

const { handler } = await import(pathToFileURL(process.argv[2]).href)

process.on('message', async ({ event, timeoutMs }) => {
  const endMs = Date.now() + timeoutMs
  try {
    const result = await handler(event, { getRemainingTimeInMillis: () => endMs - Date.now() })
    process.send({ result })
  } catch (error) {
    process.send({ error: String(error) })
  }
})
process.send({ isReady: true })
