/** A Markdown table; the first column is text, the others are figures. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index ? '---:' : '---'))
  return [head, rule, ...rows].map(line).join('\n')
}

export const quantile = (values, share) => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

export const median = (values) => quantile(values, 0.5)

export const count = (value) => Math.round(value).toLocaleString('en-US')
