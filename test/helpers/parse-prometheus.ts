export interface ParsedSample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface ParsedFamily {
  name: string
  type: string
  help: string
  samples: ParsedSample[]
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const sampleLine = new RegExp(`^(${metricName})(?:\\{(.*)\\})? (\\+Inf|-Inf|NaN|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)$`)
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y

/** Reads the text format 0.0.4 as a server does, and throws on all that the format does not allow. */
export function parsePrometheus(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, ParsedFamily>()
  let current: ParsedFamily | undefined
  let help = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') help = rest
    else if (kind === 'TYPE') {
      if (families.has(name)) throw new Error(`${name} is there twice`)
      if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) throw new Error(`no type: ${line}`)
      current = { name, type: rest, help, samples: [] }
      families.set(name, current)
    } else {
      const sample = parseSample(line)
      const base = current?.type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name
      if (base !== current?.name) throw new Error(`a sample outside its family: ${line}`)
      current.samples.push(sample)
    }
  }
  for (const family of families.values()) check(family)
  return families
}

function parseSample(line: string): ParsedSample {
  const [, name = '', labelText = '', value = ''] = sampleLine.exec(line) ?? []
  if (name === '') throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  for (let at = 0; at < labelText.length; at = labelPair.lastIndex) {
    labelPair.lastIndex = at
    const [, label, text] = labelPair.exec(labelText) ?? []
    if (label === undefined || text === undefined || label in labels) throw new Error(`no labels: ${line}`)
    labels[label] = text.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char))
  }
  return { name, labels, value: value.endsWith('Inf') ? Number(`${value}inity`) : Number(value) }
}

function check({ name, type, samples }: ParsedFamily): void {
  const keys = samples.map((sample) => JSON.stringify([sample.name, Object.entries(sample.labels).sort()]))
  if (new Set(keys).size < keys.length) throw new Error(`${name}: a series is there twice`)
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name}: below 0`)
  if (type === 'histogram') checkHistogram(name, samples)
}

function checkHistogram(name: string, samples: ParsedSample[]): void {
  const series = new Map<string, ParsedSample[]>()
  for (const sample of samples) series.set(seriesOf(sample), [...(series.get(seriesOf(sample)) ?? []), sample])
  for (const [key, own] of series) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)))
    const count = own.find((sample) => sample.name === `${name}_count`)?.value
    const rises = (values: number[]) =>
      values.every((value, index) => index === 0 || value >= (values[index - 1] as number))
    if (!rises(bounds) || !rises(buckets.map(({ value }) => value))) throw new Error(`${name}${key}: does not rise`)
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || buckets.at(-1)?.value !== count)
      throw new Error(`${name}${key}: count`)
    if (!own.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name}${key}: no sum`)
  }
}

function seriesOf({ labels: { le: _le, ...labels } }: ParsedSample): string {
  return JSON.stringify(labels)
}
