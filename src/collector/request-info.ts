import type { MetricFamily } from './metrics/prometheus'

/** What the edge knows of a request beside the request itself. */
export interface RequestInfo {
  /** Address of the peer that opened the connection. */
  remoteAddress?: string
  /** How long the answer may take. A collector with `forward` then answers 503 for what no receiver has acknowledged. */
  timeoutMs?: number
  /** What `/metrics` tells of the process. Asked only there. */
  figures?: () => MetricFamily[]
  /** Asks DNS, where the edge can; only for the owner, at `GET /diagnose`. Never rejects. */
  resolveHost?: (host: string) => Promise<HostAddresses>
}

export interface HostAddresses {
  /** Names that this one stands for, in their order. */
  aliases: readonly string[]
  /** IPv4 and IPv6; empty where the name is not known. */
  addresses: readonly string[]
}
