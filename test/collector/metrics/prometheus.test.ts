import { describe, expect, it } from 'vitest'
import { toPrometheus } from '../../../src/collector/metrics/prometheus'
import { createHistogram } from '../../../src/collector/metrics/histogram'
import { parsePrometheus } from '../../helpers/parse-prometheus'

describe('toPrometheus', () => {
  it('escapes what labels and help must not contain', () => {
    const labels = { project: 'a"b\\c\nd', day: '{},= ' }
    const text = toPrometheus([{ name: 'x_total', help: 'a\\b\nc', type: 'counter', samples: [{ labels, value: 1 }] }])
    expect(text).toBe(
      '# HELP x_total a\\\\b\\nc\n# TYPE x_total counter\nx_total{project="a\\"b\\\\c\\nd",day="{},= "} 1\n',
    )
    expect(parsePrometheus(text).get('x_total')?.samples).toEqual([{ name: 'x_total', labels, value: 1 }])
  })

  it('leaves out what has no samples', () => {
    expect(toPrometheus([{ name: 'x', help: 'y', type: 'gauge', samples: [] }])).toBe('')
  })
})

describe('createHistogram', () => {
  it('counts values up to each bound, the bound included', () => {
    const histogram = createHistogram('h', 'help', [1, 5])
    for (const value of [0, 1, 1.5, 5, 6]) histogram.observe({ a: 'x' }, value)
    histogram.observe({ a: 'y' }, 9)
    const family = parsePrometheus(toPrometheus([histogram.family()])).get('h')
    expect(family?.samples.map(({ name, labels, value }) => [name, labels.a, labels.le, value])).toEqual([
      ['h_bucket', 'x', '1', 2],
      ['h_bucket', 'x', '5', 4],
      ['h_bucket', 'x', '+Inf', 5],
      ['h_sum', 'x', undefined, 13.5],
      ['h_count', 'x', undefined, 5],
      ['h_bucket', 'y', '1', 0],
      ['h_bucket', 'y', '5', 0],
      ['h_bucket', 'y', '+Inf', 1],
      ['h_sum', 'y', undefined, 9],
      ['h_count', 'y', undefined, 1],
    ])
  })
})
