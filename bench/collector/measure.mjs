import { runLoad, startServer } from './processes.mjs'

export const batches = { batch: 50, concurrency: 16 }
export const singles = { batch: 1, concurrency: 64 }

/** The compiler has seen everything by then; a quiet machine needs a few seconds for it. */
const warmUp = { seconds: 60, requests: 12_000 }

/** One server, warmed up, under one load. */
export async function measure(kind, bundle, { store, seconds, ...shape }) {
  const server = await startServer(kind, bundle, store)
  try {
    const maxRequests = Math.ceil(warmUp.requests / Math.min(shape.batch, 6))
    await runLoad({ port: server.port, seconds: warmUp.seconds, maxRequests, ...shape })
    return await loadOnce(server, { seconds, ...shape })
  } finally {
    await server.close()
  }
}

export async function loadOnce(server, shape) {
  await server.ask('start')
  const load = await runLoad({ port: server.port, ...shape })
  const figures = await server.ask('stop')
  const events = load.requests * shape.batch
  // The server that does not parse cannot count.
  if (load.events !== events && load.events !== load.requests) {
    throw new Error(`${load.events} of ${events} events were accepted`)
  }
  return {
    ...{ ...load, ...figures, events },
    eventsPerSecond: events / load.seconds,
    requestsPerSecond: load.requests / load.seconds,
    cpuPerEvent: figures.cpuUs / events,
    loopCpuPerEvent: figures.loopCpuUs / events,
  }
}
