export type { Meaning, ReceiverAnswer, TestFunctions, TransportSubject } from './subject'
export { testTransport } from './test-transport'
