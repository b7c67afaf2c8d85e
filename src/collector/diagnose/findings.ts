import type { Facts } from './read-facts'

/** One answer of the diagnosis. */
export interface Finding {
  /** Stable, for programs. */
  id: string
  status: 'good' | 'warn' | 'bad' | 'unknown'
  title: string
  /** Why it is so, and what to do. */
  detail: string
}

export interface Diagnosis {
  /** How long the cookies of visitors live in Safari, and why. */
  verdict: Finding & { days: 400 | 7 | null }
  findings: Finding[]
}

/** A clock that is wrong by more has its visits and events in disorder. */
const maxSkewMs = 60_000

export function diagnose(facts: Facts): Diagnosis {
  const checks = [cookies, listed, site, https, hostName, trial, proxy, place, clock]
  return { verdict: verdict(facts), findings: checks.flatMap((check) => check(facts) ?? []) }
}

const days400 = 'Cookies live for 400 days, also in Safari'
const days7 = 'In Safari, cookies live for 7 days'

function verdict(facts: Facts): Diagnosis['verdict'] {
  const { cookies: isOn, page, domain, relation, trial: tried } = facts
  const no = (detail: string) => ({ id: 'lifetime', status: 'bad', days: 7, title: days7, detail }) as const
  const yes = (detail: string) => ({ id: 'lifetime', status: 'good', days: 400, title: days400, detail }) as const
  const open = (detail: string) =>
    ({ id: 'lifetime', status: 'unknown', days: null, title: 'It is not known yet', detail }) as const
  if (!isOn) return no('The collector sets no cookies: give createCollector the option cookies: true.')
  if (!page) return open('Name the address of a page of yours.')
  if (domain?.status !== 'same-site')
    return no('Page and collector are not of one site, so the collector sets no cookies.')
  if (tried.cookie === 'lost') return no('A cookie that the collector has set did not come back, see below.')
  if (tried.cookie === 'hidden') return no('Pages cannot read a cookie that the collector has set, see below.')
  switch (relation.status) {
    case 'same-host':
      return yes('The collector is on the page’s own host. Nothing is better.')
    case 'near':
      return relation.by === 'alias'
        ? yes('The collector is on a subdomain that stands for the same owner as the page’s host.')
        : yes('The collector is on a subdomain whose address begins like that of the page’s host.')
    case 'far':
      return relation.by === 'alias'
        ? no(
            `The collector’s host is a CNAME for ${relation.alias}, which Safari takes for somebody else’s. Serve the collector from a path of the page’s host, or from an address of your own.`,
          )
        : no(
            'The address of the collector’s host is far from that of the page’s host: another first half of IPv4, or other first 64 bits of IPv6. Serve it from a path of the page’s host, or behind the same load balancer.',
          )
    default:
      return open(
        'The collector is on another host of the same site. Whether Safari takes it for yours depends on DNS, which could not be asked from here.',
      )
  }
}

type Check = (facts: Facts) => Finding | null

const cookies: Check = ({ cookies: isOn }) =>
  isOn
    ? { id: 'cookies', status: 'good', title: 'The collector re-sets cookies', detail: 'Option cookies is on.' }
    : {
        ...{ id: 'cookies', status: 'bad', title: 'The collector sets no cookies' },
        detail: 'Give createCollector the option cookies: true.',
      }

const listed: Check = ({ page }) =>
  page && {
    id: 'origin',
    ...(page.isListed
      ? { status: 'good', title: 'The page may send events', detail: `${page.origin} is on the list of a project.` }
      : {
          status: 'bad',
          title: 'The page may not send events',
          detail: `${page.origin} is on the list of no project: add it to origins.`,
        }),
  }

const site: Check = ({ page, domain, collector }) => {
  if (!page || !domain) return null
  if (domain.status === 'same-site') {
    const detail =
      domain.domain === null
        ? `They have no Domain, so they are for ${page.host} alone.`
        : `They have Domain=${domain.domain}, as the SDK’s have, so all hosts below it share them.`
    return { id: 'domain', status: 'good', title: 'The cookies reach the page', detail }
  }
  const detail = {
    'other-site': `${page.host} and ${collector.seenHost} have different owners, as browsers see it. Serve the collector from a host of the page’s domain.`,
    'other-host': `${page.host} and ${collector.seenHost} have no domain that they could share.`,
    'outside-domain': `${page.host} is not below the domain that option cookies names.`,
    'no-host': `${page.host} is no host that has cookies.`,
  }[domain.reason]
  return { id: 'domain', status: 'bad', title: 'The cookies would not reach the page', detail }
}

const https: Check = ({ page, collector }) => {
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(collector.host)
  const isSafe = collector.isHttps && (page?.isHttps ?? true)
  if (isSafe) return { id: 'https', status: 'good', title: 'Everything goes by https', detail: 'Cookies are Secure.' }
  if (isLocal) {
    return {
      id: 'https',
      status: 'warn',
      title: 'No https, on this machine',
      detail: 'In public, serve both by https.',
    }
  }
  return {
    ...{ id: 'https', status: 'bad', title: 'Not everything goes by https' },
    detail: `${collector.isHttps ? 'The page' : 'The collector'} is asked by http: anybody on the way can read ids, and browsers keep such cookies apart. If a proxy ends TLS, let it send X-Forwarded-Proto.`,
  }
}

const hostName: Check = ({ collector }) =>
  collector.host === collector.seenHost
    ? null
    : {
        ...{ id: 'host', status: 'warn', title: 'A proxy hides the collector’s name' },
        detail: `Browsers ask for ${collector.host}, the collector hears ${collector.seenHost}. Let the proxy hand on the header Host, or name the domain: cookies: { domain: '…' }.`,
      }

const trial: Check = ({ trial: { cookie } }) => {
  const id = 'set-cookie'
  switch (cookie) {
    case 'kept':
      return {
        id,
        status: 'good',
        title: 'Set-Cookie survives',
        detail: 'A cookie came to this browser and back again.',
      }
    case 'hidden':
      return {
        ...{ id, status: 'bad', title: 'Something makes cookies HttpOnly' },
        detail:
          'A cookie came back, but scripts cannot read it. Look for a rule of your proxy that changes Set-Cookie.',
      }
    case 'lost':
      return {
        ...{ id, status: 'bad', title: 'Set-Cookie gets lost' },
        detail:
          'A cookie that the collector has set did not come back: a proxy may take Set-Cookie or Cookie away, an option names the wrong domain, or this browser refuses cookies.',
      }
    default:
      return { id, status: 'unknown', title: 'Set-Cookie was not tried', detail: 'Open this page in a browser.' }
  }
}

const proxy: Check = ({ proxy: { forwarded, isPrivate, networks, trustedHops, header, isClientKnown } }) => {
  const id = 'proxy'
  const seen = networks.length > 0 ? ` Seen: ${networks.join(', ')}.` : ''
  const isTrusted = trustedHops > 0 || header !== null
  if (isTrusted && isClientKnown) {
    const detail = header ? `Option ip names ${header}.` : `Option ip trusts ${trustedHops} of ${forwarded} hops.`
    return { id, status: 'good', title: 'Visitors’ addresses come from your proxy', detail: detail + seen }
  }
  if (isTrusted) {
    const detail = header
      ? `The header ${header} has no address in it.`
      : `X-Forwarded-For has ${forwarded} entries, option ip expects at least ${trustedHops}.`
    return { id, status: 'bad', title: 'Visitors’ addresses are not known', detail: detail + seen }
  }
  if (forwarded > 0 || (isPrivate && networks.length > 0)) {
    return {
      ...{ id, status: 'warn', title: 'A proxy is there, but not trusted' },
      detail: `Every visitor has the proxy’s address. X-Forwarded-For has ${forwarded} entries: if all are of proxies of yours, set ip: { trustedHops: ${Math.max(forwarded, 1)} }.${seen}`,
    }
  }
  return { id, status: 'good', title: 'No proxy is seen', detail: 'Visitors have the address of their connection.' }
}

const place: Check = ({ place: { isAsked, isKnown } }) => {
  if (!isAsked) return null
  return isKnown
    ? { id: 'place', status: 'good', title: 'Places are known', detail: 'The headers of option geo are there.' }
    : {
        ...{ id: 'place', status: 'warn', title: 'Places are not known' },
        detail: 'None of the headers that option geo names has a value in this request.',
      }
}

const clock: Check = ({ clockSkewMs }) => {
  if (clockSkewMs === null) return null
  const seconds = Math.round(Math.abs(clockSkewMs) / 1_000)
  return Math.abs(clockSkewMs) <= maxSkewMs
    ? { id: 'clock', status: 'good', title: 'The clocks agree', detail: 'The collector’s and this browser’s.' }
    : {
        ...{ id: 'clock', status: 'warn', title: 'The clocks do not agree' },
        detail: `This browser’s clock is ${seconds} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} the collector’s. Events are corrected, but one of the two is wrong.`,
      }
}
