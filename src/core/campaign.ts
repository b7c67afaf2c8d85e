const MAX_LENGTH = 255

/**
 * `utm_*` parameters of an address, prefix dropped, `campaign` renamed `name`; null where there are none. Values are
 * trimmed and cut, and keep their case; what is empty is left out.
 */
export const toCampaign = (query: Record<string, string>): Record<string, string> | null => {
  const campaign: Record<string, string> = {}
  for (const [key, value] of Object.entries(query)) {
    const text = value.trim().slice(0, MAX_LENGTH)
    if (text && key.startsWith('utm_')) campaign[key === 'utm_campaign' ? 'name' : key.slice(4)] = text
  }
  return Object.keys(campaign)[0] ? campaign : null
}
