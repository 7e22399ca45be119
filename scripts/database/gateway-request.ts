/** What a client may send to `POST /sql`: parsed once; anything else is refused with a reason. */
import type { IncomingHttpHeaders } from 'node:http'
import { GatewayRefusal } from './gateway-error.ts'

export type SqlQuery = { text: string; values: unknown[] }

export type SqlRequest = {
  queries: SqlQuery[]
  /** A batch runs in one transaction and answers `{results}`. */
  isBatch: boolean
  begin: string
  arrayMode: boolean
  rawText: boolean
}

export type Credentials = { user: string; password: string; database: string }

const isolationLevels: Readonly<Record<string, string>> = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
}

/** Role, password and database of `Neon-Connection-String`. Its host is ignored: the upstream is configured. */
export function parseCredentials(headers: IncomingHttpHeaders): Credentials {
  const text = headers['neon-connection-string']
  if (typeof text !== 'string') throw new GatewayRefusal(400, 'missing the header Neon-Connection-String')
  const url = URL.canParse(text) ? new URL(text) : undefined
  const database = url?.pathname.slice(1) ?? ''
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.username === '' || database === '') {
    throw new GatewayRefusal(
      400,
      'Neon-Connection-String must be a postgresql:// URL with a user and a database',
    )
  }
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(database),
  }
}

/** Parses body and `Neon-*` headers. Throws {@link GatewayRefusal} (400). */
export function parseSqlRequest(headers: IncomingHttpHeaders, body: string): SqlRequest {
  const value = parseJson(body)
  const isBatch = Array.isArray(value['queries'])
  const queries = isBatch ? (value['queries'] as unknown[]).map(parseQuery) : [parseQuery(value)]
  return {
    queries,
    isBatch,
    begin: isBatch ? parseBegin(headers) : '',
    arrayMode: headers['neon-array-mode'] === 'true',
    rawText: headers['neon-raw-text-output'] === 'true',
  }
}

function parseJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Refused below.
  }
  throw new GatewayRefusal(400, 'the body must be a JSON object {query, params} or {queries}')
}

function parseQuery(value: unknown): SqlQuery {
  const { query, params = [] } = (value ?? {}) as { query?: unknown; params?: unknown }
  if (typeof query !== 'string' || !Array.isArray(params)) {
    throw new GatewayRefusal(400, 'a query needs "query" (text) and "params" (a list)')
  }
  return { text: query, values: params }
}

function parseBegin(headers: IncomingHttpHeaders): string {
  const parts = ['BEGIN']
  const level = headers['neon-batch-isolation-level']
  if (level !== undefined) {
    const known =
      typeof level === 'string' && Object.hasOwn(isolationLevels, level) ? isolationLevels[level] : undefined
    if (known === undefined)
      throw new GatewayRefusal(400, `unknown Neon-Batch-Isolation-Level: ${String(level)}`)
    parts.push('ISOLATION LEVEL', known)
  }
  if (headers['neon-batch-read-only'] === 'true') parts.push('READ ONLY')
  if (headers['neon-batch-deferrable'] === 'true') parts.push('DEFERRABLE')
  return parts.join(' ')
}
