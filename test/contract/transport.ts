import { describe, it } from 'vitest'
import { type TransportSubject, testTransport as defineTests } from '../../src/testing'

export type { TransportSubject } from '../../src/testing'

/** What every transport promises, proved through the host that runs it. */
export const testTransport = (name: string, subject: TransportSubject): void =>
  defineTests(name, subject, { describe, it })
