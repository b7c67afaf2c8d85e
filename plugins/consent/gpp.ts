import type { Plugin } from '../../src/core/plugin'
import { checkPurposes, consentPlugin } from './consent-plugin'

export interface GppOptions {
  /**
   * Fields of the sections of US states whose opt-out denies a purpose; Global Privacy Control denies it too, if it has any.
   * @default { analytics: [], advertising: ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'] }
   */
  purposes?: Record<string, readonly string[]>
}

/** What a consent platform tells of the visitor, as far as it is read here. */
interface PingData {
  signalStatus?: string
  /** -1: none applies, 0: not known yet. */
  applicableSections?: readonly number[]
  /** A section is an object, or a list of its segments. */
  parsedSections?: Record<string, unknown>
}

type GppApi = (
  command: 'addEventListener' | 'ping',
  callback: (data: { pingData?: PingData } & PingData, success: boolean) => void,
) => void

const OPTED_OUT = 1

const optOuts = { analytics: [], advertising: ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'] }

/** Sections of the United States by their ids, from 6 on. */
const sections =
  'uspv1 usnat usca usva usco usut usct usfl usmt usor ustx usde usia usne usnh usnj ustn usmn usmd usin usky usri'.split(
    ' ',
  )

/** Sections whose rule is consent: of the EU and of Canada. */
const TCF_SECTIONS = [1, 2, 5]

/** The fields of all segments of these sections. */
const segmentsOf = (ids: readonly number[], { parsedSections }: PingData): Record<string, unknown>[] =>
  ids.flatMap((id) => [Object(parsedSections)[sections[id - 6] ?? ''] ?? []].flat().map(Object))

/**
 * Follows the sections of US states of IAB GPP (`__gpp`), version 1.1, that apply to the visitor. Where several do each
 * can deny; where none applies all is granted. Where a European or Canadian section applies nothing is granted: those
 * are TCF's, which `tcf()` reads.
 */
export const gpp = ({ purposes = optOuts }: GppOptions = {}): Plugin => {
  checkPurposes(purposes, (field) => typeof field === 'string')
  return consentPlugin<GppApi>({
    name: 'gpp',
    global: '__gpp',
    read(api, decide) {
      const decideBy = (data: PingData | undefined) => {
        const applicable = data?.applicableSections ?? []
        if (data?.signalStatus !== 'ready' || !applicable[0]) return
        const isNowhere = applicable.every((id) => id === -1)
        const segments = segmentsOf(applicable, data)
        const mayGrant = !applicable.some((id) => TCF_SECTIONS.includes(id))
        if (!isNowhere && !segments[0]) return
        const isOut = (field: string) =>
          // `uspv1`, the format before GPP, says Y.
          segments.some((found) => found[field] === OPTED_OUT || Number(found.Gpc) === 1 || found.OptOutSale === 'Y')
        const decisions = Object.entries(purposes).map(([name, fields]) => [name, !fields.some(isOut)] as const)
        decide(Object.fromEntries(decisions.filter(([, isGranted]) => mayGrant || !isGranted)))
      }
      api('ping', (data, success) => success && decideBy(data))
      api('addEventListener', (event, success) => success && decideBy(event.pingData))
    },
  })
}
