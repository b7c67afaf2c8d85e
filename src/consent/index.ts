export { consent } from '../core/consent'
export type { ConsentOptions, ConsentState } from '../core/decisions'
export type { ConsentSetup } from '../core/options'
