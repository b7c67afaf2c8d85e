/** `utm_*` parameters of an address, prefix dropped, `campaign` renamed `name`; null where there are none. */
export function toCampaign(query: Record<string, string>): Record<string, string> | null {
  const campaign: Record<string, string> = {}
  for (const [key, value] of Object.entries(query)) {
    if (key.startsWith('utm_')) campaign[key === 'utm_campaign' ? 'name' : key.slice(4)] = value
  }
  return Object.keys(campaign).length ? campaign : null
}
