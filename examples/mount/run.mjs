/** Prints where the app is, and closes in order at SIGTERM and Ctrl+C: no new requests, then the collector. */
export function run(server, collector) {
  server.on('listening', () => console.log(`app  http://localhost:${server.address().port}/`))
  const stop = async () => {
    server.close()
    await collector.close()
    server.closeAllConnections()
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}
