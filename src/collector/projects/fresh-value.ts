export interface FreshValueOptions<Value> {
  load: () => Promise<Value>
  /** Milliseconds of a clock that never goes back. */
  now: () => number
}

export interface FreshValue<Value> {
  /**
   * The value as it was at most `maxAgeMs` ago; rejects where it is older and cannot be loaded. One that is older than
   * `refreshAgeMs` is loaded anew behind the answer.
   */
  get(ages: { maxAgeMs: number; refreshAgeMs?: number }): Promise<Value>
  /** Whoever asks from now on gets what is loaded from now on. */
  forget(): void
}

/** Keeps what was loaded for as long as each who asks allows; those who ask at the same time share one load. */
export function createFreshValue<Value>({ load, now }: FreshValueOptions<Value>): FreshValue<Value> {
  let known: { value: Value; since: number } | null = null
  let loading: Promise<Value> | null = null

  function reload(): Promise<Value> {
    // What was true at the start of a load may have changed at its end.
    const since = now()
    const loaded = load().then((value) => {
      if (loading === loaded) known = { value, since }
      return value
    })
    const forgetLoad = () => {
      if (loading === loaded) loading = null
    }
    loaded.then(forgetLoad, forgetLoad)
    loading = loaded
    return loaded
  }

  return {
    get({ maxAgeMs, refreshAgeMs = maxAgeMs }) {
      const ageMs = known ? now() - known.since : Number.POSITIVE_INFINITY
      if (!known || ageMs > maxAgeMs) return loading ?? reload()
      // It is tried again, and whoever needs a younger value hears of the failure.
      if (ageMs > refreshAgeMs && !loading) reload().catch(() => {})
      return Promise.resolve(known.value)
    },
    forget() {
      known = null
      loading = null
    },
  }
}
