import type { Transport } from '../core/transport'

/** As in the SDK: what Global Privacy Control denies, in upper or lower case. */
const deniedPurpose = /^(advertising|sale)$/i

/** Such a transport is given no event of a visitor who sends Global Privacy Control. Whatever feeds transports asks. */
export function isForAdvertising({ purposes = [] }: Pick<Transport, 'purposes'>): boolean {
  return purposes.some((purpose) => deniedPurpose.test(purpose))
}
