// @ts-check
/** @typedef {import('../../store').StoredEvent} StoredEvent */
/** @typedef {import('../../store').StoreStats} StoreStats */
/** @typedef {import('../person-history').ProjectEdge} ProjectEdge */
/** @typedef {'connecting' | 'live' | 'reconnecting' | 'store-unavailable' | 'signed-out'} ConnectionState */
/**
 * @typedef {object} ConnectionHandlers
 * @property {(state: ConnectionState, reason?: string) => void} onState
 * @property {(events: StoredEvent[], edges: ProjectEdge[]) => void} onEvents oldest first
 * @property {(stats: StoreStats) => void} onStats
 */

const retryMs = 2_000

/**
 * Follows the stream. EventSource itself comes back after a broken connection, with the id of the last event;
 * after an error answer (a proxy's 502 while the collector restarts) it gives up, so that is done here.
 * @param {ConnectionHandlers} handlers
 */
export function connect({ onState, onEvents, onStats }) {
  const address = new URL('./events', import.meta.url)
  let cursor = ''

  function open() {
    if (cursor) address.searchParams.set('after', cursor)
    const source = new EventSource(address)
    source.addEventListener('open', () => onState('live'))
    source.addEventListener('events', (message) => {
      cursor = message.lastEventId
      const { events, edges } = JSON.parse(message.data)
      onState('live')
      onEvents(events, edges)
    })
    source.addEventListener('stats', (message) => {
      onState('live')
      onStats(JSON.parse(message.data))
    })
    source.addEventListener('unavailable', (message) => onState('store-unavailable', JSON.parse(message.data).reason))
    source.addEventListener('error', () => {
      onState('reconnecting')
      if (source.readyState === EventSource.CLOSED) setTimeout(reopen, retryMs)
    })
  }

  async function reopen() {
    const status = await fetch(new URL('./config', import.meta.url)).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 401) onState('signed-out')
    else if (status === 200) open()
    else setTimeout(reopen, retryMs)
  }

  onState('connecting')
  open()
}
