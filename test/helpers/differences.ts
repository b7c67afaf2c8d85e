type Tree = Record<string, unknown>

/** Paths at which two values differ: `context.library`. */
export const differences = (theirs: unknown, ours: unknown, path = ''): string[] => {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return []
  const isNested = [theirs, ours].every((value) => typeof value === 'object' && value !== null)
  if (!isNested) return [path]
  const [one, other] = [theirs as Tree, ours as Tree]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    differences(one[key], other[key], path ? `${path}.${key}` : key),
  )
}
