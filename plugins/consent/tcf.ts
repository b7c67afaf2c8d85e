import type { Plugin } from '../../src/core/plugin'
import { checkPurposes, consentPlugin } from './consent-plugin'

export interface TcfOptions {
  /** Purposes of IAB TCF that must all have consent. @default { analytics: [1, 8, 9], advertising: [1, 3, 4, 7] } */
  purposes?: Record<string, readonly number[]>
  /** Id in the Global Vendor List that must have consent as well. */
  vendorId?: number
}

/** What a consent platform tells of the visitor, as far as it is read here. */
interface TcData {
  gdprApplies?: boolean
  eventStatus?: 'tcloaded' | 'cmpuishown' | 'useractioncomplete'
  purpose?: { consents?: Record<string, boolean> }
  vendor?: { consents?: Record<string, boolean> }
}

type TcfApi = (command: 'addEventListener', version: 2, callback: (data: TcData, success: boolean) => void) => void

const purposesOfTcf = { analytics: [1, 8, 9], advertising: [1, 3, 4, 7] }

/** Follows IAB TCF 2 (`__tcfapi`). Where the GDPR does not apply all is granted. Legitimate interest is no consent. */
export const tcf = ({ purposes = purposesOfTcf, vendorId }: TcfOptions = {}): Plugin => {
  checkPurposes(purposes, Number.isInteger)
  return consentPlugin<TcfApi>({
    name: 'tcf',
    global: '__tcfapi',
    read: (api, decide) =>
      api('addEventListener', 2, (data, success) => {
        if (!success) return
        const isExempt = data.gdprApplies === false
        // While the dialogue is shown nothing is decided, or not anew.
        if (!isExempt && data.eventStatus !== 'tcloaded' && data.eventStatus !== 'useractioncomplete') return
        const isVendor = vendorId === undefined || data.vendor?.consents?.[vendorId] === true
        const hasConsent = (id: number) => data.purpose?.consents?.[id] === true
        const decisions = Object.entries(purposes).map(([name, ids]) => [
          name,
          isExempt || (isVendor && ids.every(hasConsent)),
        ])
        decide(Object.fromEntries(decisions))
      }),
  })
}
