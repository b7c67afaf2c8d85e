/** Number of a new entry: the time of its making, pushed on where two fall into one millisecond. */
export const nextNumber = (last: number, nowMs: number): number => Math.max(last + 1, nowMs)

/** `<owner>:<number in base 36>`. Keys of one owner sort as text, and those of an earlier owner come first. */
export const eventKey = (owner: string, number: number): string => `${owner}:${number.toString(36)}`

export const ownerOf = (key: string): string => key.split(':')[0] as string

/** When the event was journalled, within the milliseconds that `nextNumber` added. */
export const acceptedAtMs = (key: string): number => parseInt(key.split(':')[1] ?? '', 36)
