import { CLICKS_KEY, CONSENT_KEY, CONSTANTS, FIRST_KEY, SESSION_KEY } from '../../core/constants'
import { toIdentifier } from '../../core/identifier'
import { sessionFormat } from '../../core/session'
import { isObject } from '../intake/intake'
import { readCookies } from './read-cookies'

/** Cookies of the SDK that a request brought, each of its documented form, with its value as it came. */
export interface VisitorCookies {
  anonymousId: Cookie | null
  userId: Cookie | null
  /** `value` is the id of the visit. */
  session: Cookie | null
  firstVisit: Cookie | null
  clickIds: Cookie | null
  /** Purposes that the visitor has granted; null where nothing is written down. */
  granted: readonly string[] | null
}

export interface Cookie {
  name: string
  /** What it says. */
  value: string
  /** How it stands in the header: characters that a cookie may have, and no others. */
  raw: string
}

/** No control characters, spaces, quotes, commas, semicolons, backslashes: nothing that could end the value. */
const cookieText = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

/** As docs/cookies.md promises. */
const maxJsonLength = 2_000

/** 200 characters, each of up to 4 bytes in percent-encoding. */
const maxIdLength = 2_400

const names = new Set<string>([CONSTANTS.ANON_ID, CONSTANTS.USER_ID, SESSION_KEY, FIRST_KEY, CLICKS_KEY, CONSENT_KEY])

/** Whatever has not the documented form counts as absent. */
export function readVisitorCookies(header: string | null): VisitorCookies {
  const raws = readCookies(header, names)

  function read(name: string, maxLength: number, valueOf: (text: string) => string | null): Cookie | null {
    const raw = raws.get(name)
    if (raw === undefined || raw.length > maxLength || !cookieText.test(raw)) return null
    const text = decode(raw)
    const value = text === null ? null : valueOf(text)
    return value === null ? null : { name, value, raw }
  }

  const consent = raws.get(CONSENT_KEY)
  return {
    anonymousId: read(CONSTANTS.ANON_ID, maxIdLength, toIdentifier),
    userId: read(CONSTANTS.USER_ID, maxIdLength, toIdentifier),
    session: read(SESSION_KEY, 120, (text) => sessionFormat.exec(text)?.[1] ?? null),
    firstVisit: read(FIRST_KEY, maxJsonLength, (text) => (isFirstVisit(parse(text)) ? text : null)),
    clickIds: read(CLICKS_KEY, maxJsonLength, (text) => (areClickIds(parse(text)) ? text : null)),
    granted: consent === undefined ? null : (decode(consent) ?? '').split('.'),
  }
}

function decode(raw: string): string | null {
  try {
    return decodeURIComponent(raw)
  } catch {
    return null
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isFirstVisit(value: unknown): boolean {
  return isObject(value) && value.v === 1 && Number.isFinite(value.at) && typeof value.url === 'string'
}

function areClickIds(value: unknown): boolean {
  const isClick = (click: unknown) =>
    isObject(click) && typeof click.value === 'string' && Number.isFinite(click.firstSeenAt)
  return isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isClick)
}
