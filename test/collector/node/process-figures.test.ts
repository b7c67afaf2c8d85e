import { describe, expect, it } from 'vitest'
import { delayFamilies } from '../../../src/collector/node/process-figures'

describe('delayFamilies', () => {
  const delay = { count: 3, mean: 25e6, max: 520e6, percentile: (share: number) => (share === 99 ? 120e6 : 19e6) }

  it('tells only of the time beyond the interval of the timer that measures', () => {
    const values = delayFamilies(delay).map(({ name, samples }) => [name, samples[0]?.value.toFixed(6)])
    expect(values).toEqual([
      ['nodejs_eventloop_lag_seconds', '0.005000'],
      ['nodejs_eventloop_lag_p50_seconds', '0.000000'],
      ['nodejs_eventloop_lag_p99_seconds', '0.100000'],
      ['nodejs_eventloop_lag_max_seconds', '0.500000'],
    ])
  })

  it('tells nothing before something was measured', () => {
    expect(delayFamilies({ ...delay, count: 0, mean: Number.NaN })).toEqual([])
  })
})
