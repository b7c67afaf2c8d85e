import type { ServerResponse } from 'node:http'
import type { ReceiverAnswer } from '../../src/testing'
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from '../helpers/loopback-server'

export interface DoubleRequest {
  method: string
  /** Absolute, or the path alone. */
  url: string
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>
  body?: string
}

/** Behaves as a receiver does, as far as that is documented or was measured, and refuses what it refuses. */
export interface Double {
  answer(request: DoubleRequest): ReceiverAnswer
}

const respond = (response: ServerResponse, { status, body = '', headers }: ReceiverAnswer) =>
  response.writeHead(status, headers).end(body)

/** The double behind a real HTTP server; `failures` are answered first, one each. */
export const serveDouble = (double: Double, failures: ReceiverAnswer[] = []): Promise<LoopbackServer> =>
  startLoopbackServer(({ method, path, headers, body }: ReceivedRequest, response) => {
    const failure = method === 'OPTIONS' ? undefined : failures.shift()
    respond(response, failure ?? double.answer({ method, url: path, headers, body }))
  })

export const parseJson = (body: string | undefined): unknown => {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const pathOf = ({ url }: DoubleRequest): URL => new URL(url, 'http://localhost')
