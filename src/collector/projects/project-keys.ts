import type { KeyKind, StoredKey } from '../store'
import { sha256 } from './sha256'

/** 128 bits would do; a secret key is looked up by its plain SHA-256, so nobody may be able to try them all. */
const randomBytes = 24

const prefixes = { public: 'pk_', secret: 'sk_' } as const

/** A new key, such as `pk_` and 32 characters, and the row that stands for it. */
export async function createKey(kind: KeyKind): Promise<{ key: string; stored: StoredKey }> {
  const bytes = crypto.getRandomValues(new Uint8Array(randomBytes))
  const text = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
  const key = prefixes[kind] + text
  return { key, stored: { kind, value: kind === 'public' ? key : await sha256(key), expiresAt: null } }
}

/** Keys of this kind end at `untilMs` if they do not end before; those that have ended by `nowMs` are left out. */
export function endKeys(keys: readonly StoredKey[], kind: KeyKind, untilMs: number, nowMs: number): StoredKey[] {
  return keys
    .map((key) => (key.kind === kind && !(endOf(key) <= untilMs) ? { ...key, expiresAt: iso(untilMs) } : key))
    .filter((key) => endOf(key) > nowMs)
}

function endOf({ expiresAt }: StoredKey): number {
  return expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
