/** What API Gateway (REST, payload 1.0) hands to a function, as far as it is used. */
export interface LambdaEventV1 {
  version?: '1.0'
  httpMethod: string
  /** Without the stage, with the path of a custom domain's mapping. */
  path: string
  headers?: LambdaHeaders | null
  multiValueHeaders?: Record<string, string[] | undefined> | null
  /** Decoded. */
  queryStringParameters?: Record<string, string | undefined> | null
  multiValueQueryStringParameters?: Record<string, string[] | undefined> | null
  requestContext: { domainName?: string; identity?: { sourceIp?: string } }
  body?: string | null
  isBase64Encoded?: boolean
}

/** What API Gateway (HTTP, payload 2.0) and function URLs hand to a function, as far as it is used. */
export interface LambdaEventV2 {
  version: '2.0'
  /** With the stage, where it is not `$default`. */
  rawPath: string
  rawQueryString: string
  cookies?: string[]
  /** Values of one name are joined by commas. */
  headers?: LambdaHeaders | null
  requestContext: { domainName?: string; stage?: string; http: { method: string; sourceIp?: string } }
  body?: string | null
  isBase64Encoded?: boolean
}

export type LambdaEvent = LambdaEventV1 | LambdaEventV2

export type LambdaHeaders = Record<string, string | undefined>

export interface LambdaResult {
  statusCode: number
  headers: Record<string, string>
  /** Payload 1.0: what `headers` cannot say. */
  multiValueHeaders?: Record<string, string[]>
  /** Payload 2.0. */
  cookies?: string[]
  body: string
  isBase64Encoded: boolean
}

export const isV2 = (event: LambdaEvent): event is LambdaEventV2 => event.version === '2.0'
