import {
  clientAssertion,
  createDpopKey,
  createNonces,
  discoverOnce,
  type Fetch,
  isSecureAddress,
} from '@authly-server/core'
import { ownTokens, serviceAccountTokens, type TokenFunction, type TokenSource } from './access-token.ts'
import { type TailOptions, tailAudit } from './audit-tail.ts'
import { makeClient } from './client.ts'
import { changes, operations } from './generated/operations.ts'
import type { Resources } from './generated/resources.ts'
import type { AuditEvent } from './generated/schemas.ts'
import { type JobWatchers, watchJobs } from './jobs.ts'
import { createPacing } from './pacing.ts'
import { clientKeyOf, type PrivateJwk } from './private-jwk.ts'
import { createTransport } from './transport.ts'

interface CommonOptions {
  /** Default: `AUTHLY_ISSUER` of the environment. */
  readonly issuer?: string | undefined
  /** Milliseconds for each attempt. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** Attempts in all (default 4), and the longest wait that the server may ask for (default 60,000 milliseconds). */
  readonly retry?: { readonly maxAttempts?: number; readonly maxDelayMs?: number } | undefined
  readonly fetch?: Fetch | undefined
  /** Where the runtime has none (Node 20): that of the package `ws`. Without one `audit.tail` uses server-sent events. */
  readonly WebSocket?: typeof WebSocket | undefined
}

/** A client with the grant `client_credentials`. */
export interface ServiceAccountOptions extends CommonOptions {
  /** Default: `AUTHLY_CLIENT_ID` of the environment. */
  readonly clientId?: string | undefined
  /** Default: `AUTHLY_CLIENT_SECRET` of the environment, if there is no `privateKey`. */
  readonly clientSecret?: string | undefined
  /** For `private_key_jwt`. */
  readonly privateKey?: PrivateJwk | undefined
  /** Default: every scope that the client is registered for. */
  readonly scope?: string | undefined
  /** Binds tokens to a key that is made here and never leaves (RFC 9449). */
  readonly dpop?: boolean | undefined
  readonly token?: undefined
}

/** Tokens of the application's own making. */
export interface TokenOptions extends CommonOptions {
  readonly token: TokenFunction
}

export type ManagementOptions = ServiceAccountOptions | TokenOptions

/** The admin API. */
export interface Management extends Omit<Resources, 'jobs' | 'audit'> {
  readonly jobs: Resources['jobs'] & JobWatchers
  readonly audit: Resources['audit'] & {
    /**
     * Events as they are written, each once and in order; goes on where it was after a broken connection.
     *
     * Scope: `admin:audit:read`
     */
    tail(options?: TailOptions): AsyncIterable<AuditEvent>
  }
}

/** @throws TypeError when the issuer is no https address, or what authenticates is missing */
export function createManagement(options: ManagementOptions = {}): Management {
  const issuer = options.issuer ?? environment('AUTHLY_ISSUER')
  // Attack: over plain http anybody on the way reads the secret and the token.
  if (!isSecureAddress(issuer)) throw new TypeError('issuer must be an https address (http on this machine)')
  const {
    fetch = (request, init) => globalThis.fetch(request, init),
    timeoutMs = 30_000,
    retry = {},
  } = options
  const dpop = options.token === undefined && options.dpop ? createDpop() : undefined
  const shared = { fetch, timeoutMs, retry, dpop, issuer }
  const tokens = options.token ? ownTokens(options.token) : accountTokens(options, shared)
  const transport = createTransport({ ...shared, tokens, pacing: createPacing() })
  const client = makeClient(transport, operations, changes) as unknown as Resources
  const socket = { issuer, tokens, WebSocket: options.WebSocket ?? globalThis.WebSocket }
  const tailNeeds = { ...socket, transport, mayUseSocket: dpop === undefined }
  return {
    ...client,
    jobs: { ...client.jobs, ...watchJobs(transport, client.jobs.get) },
    audit: { ...client.audit, tail: (tail = {}) => tailAudit(tailNeeds, tail) },
  }
}

interface Shared {
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly retry: NonNullable<CommonOptions['retry']>
  readonly dpop: ReturnType<typeof createDpop> | undefined
  readonly issuer: string
}

function accountTokens(options: ServiceAccountOptions, { issuer, ...needs }: Shared): TokenSource {
  const { privateKey, scope } = options
  const clientId = options.clientId ?? environment('AUTHLY_CLIENT_ID')
  const clientSecret = privateKey ? undefined : (options.clientSecret ?? environment('AUTHLY_CLIENT_SECRET'))
  if (!clientId) throw new TypeError('clientId or AUTHLY_CLIENT_ID is required')
  if (!clientSecret && !privateKey)
    throw new TypeError('clientSecret, AUTHLY_CLIENT_SECRET, privateKey or token is required')
  const authenticate = privateKey
    ? clientAssertion(issuer, clientId, clientKeyOf(privateKey))
    : async () => ({})
  const discover = discoverOnce(issuer, needs.fetch)
  return serviceAccountTokens({ ...needs, discover }, { clientId, clientSecret, scope, authenticate })
}

/** Made when the first request needs it. */
function createDpop() {
  let made: Promise<{
    key: Awaited<ReturnType<typeof createDpopKey>>
    nonces: ReturnType<typeof createNonces>
  }>
  return () => {
    made ??= createDpopKey().then((key) => ({ key, nonces: createNonces() }))
    return made
  }
}

const environment = (name: string): string | undefined =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name] || undefined
