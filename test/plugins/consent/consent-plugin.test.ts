import { describe, expect, it } from 'vitest'
import { consentMode } from '../../../plugins/consent/consent-mode'
import { gpp } from '../../../plugins/consent/gpp'
import { tcf } from '../../../plugins/consent/tcf'
import { createClient } from '../../../src/core/client'
import type { Payload } from '../../../src/core/payload'
import { createFakePlatform } from '../../helpers/fake-platform'

describe.each([{ tcf }, { gpp }, { consentMode }])('%o in a client without consent()', (readers) => {
  it('reports that it decides nothing, and what to do', async () => {
    const platform = createFakePlatform()
    const plugins = Object.values(readers).map((reader) => reader())
    const analytics = createClient({ plugins }, platform)
    const errors: string[] = []
    analytics.on('error', ({ payload }) => void errors.push(`${(payload as Payload & { error: unknown }).error}`))
    await platform.settle()
    expect(errors).toEqual(["Error: [firsthand] consent: pass consent({...}) from 'firsthand/consent'"])
  })
})
