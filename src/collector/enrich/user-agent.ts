import Bowser from 'bowser'
import { isbot } from 'isbot'
import type { ClientInfo } from '../store'
import { createBoundedCache } from './bounded-cache'

export type Agent = Pick<ClientInfo, 'browser' | 'browserVersion' | 'os' | 'osVersion' | 'device' | 'bot'>

export const unknownAgent: Agent = {
  browser: null,
  browserVersion: null,
  os: null,
  osVersion: null,
  device: null,
  bot: false,
}

/** Real ones are shorter; the patterns of the parsers must not run over whatever somebody sends. */
export const maxUserAgentLength = 512

/** A site sees some hundred different ones in a day. */
const maxCached = 2_000

const maxNameLength = 100

/** Tells browser, system and kind of device from a `User-Agent`; what was asked before is remembered. */
export function createAgentReader(): (userAgent: string | null) => Agent {
  const known = createBoundedCache<Agent>(maxCached)
  return (userAgent) => {
    const text = userAgent?.slice(0, maxUserAgentLength).trim()
    if (!text) return unknownAgent
    let agent = known.get(text)
    if (!agent) known.set(text, (agent = readAgent(text)))
    return agent
  }
}

function readAgent(text: string): Agent {
  const { browser, os, platform } = Bowser.parse(text)
  const bot = isbot(text)
  return {
    browser: name(browser.name),
    browserVersion: name(browser.version),
    os: name(os.name),
    osVersion: name(os.version),
    device: bot ? 'bot' : name(platform.type),
    bot,
  }
}

function name(value: string | undefined): string | null {
  return value?.slice(0, maxNameLength) || null
}
