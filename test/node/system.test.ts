import { release, type } from 'node:os'
import { describe, expect, it } from 'vitest'
import { LIBRARY } from '../../src/core/version'
import Analytics from '../../src/node/index'
import { systemContext } from '../../src/node/system'
import { captureTransport } from '../helpers/capture-transport'
import { startReceiver } from './receiver'

const system = {
  library: LIBRARY,
  os: { name: type(), version: release() },
  runtime: { name: 'node', version: process.versions.node },
}

describe('library, operating system and runtime', () => {
  it('are known of the process', () => {
    expect(systemContext()).toEqual(system)
  })

  it('are in the context of the client for one visitor', async () => {
    const transport = captureTransport('t', { encode: () => ({ status: 'rejected', reason: 'kept here' }) })
    const { payload } = await Analytics({ plugins: [transport] }).track('x')
    expect(payload.meta.context).toMatchObject(system)
  })

  it('are in the context of the client for servers, under what the caller says', async () => {
    const receiver = await startReceiver()
    const client = receiver.client()
    await client.track({ userId: 'u', event: 'x', context: { os: { name: 'iOS', version: '17' } } })
    await client.flush()
    expect(receiver.events[0]?.context).toMatchObject({ ...system, os: { name: 'iOS', version: '17' } })
    await receiver.closeAll()
  })
})
