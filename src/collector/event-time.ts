/** Year 1: texts of earlier years do not sort. */
const earliest = -62_135_596_800_000

/**
 * When an event happened by our clock. The client's clock may be wrong, but it was wrong by the same amount when the
 * event was sent: what lies between the event and its sending is trusted, and `receivedAt` is when the sending
 * happened. An event without a time happened when it came; none happened later. All values are epoch milliseconds.
 */
export function correctTime(
  original: number | null,
  sentAt: number | null,
  receivedAt: number,
  /** An event that happened longer ago is moved up to here. */
  maxAgeMs: number,
): number {
  if (original === null) return receivedAt
  const happened = sentAt === null ? original : receivedAt - (sentAt - original)
  return Math.min(receivedAt, Math.max(happened, receivedAt - maxAgeMs, earliest))
}
