/** What must be reached. A goal is met when the median of all interleaved rounds is; the spread is shown beside it. */
import type { OperationName, TargetName } from './target.ts'

export interface OperationGoal {
  readonly name: OperationName
  readonly title: string
  /** Authly's requests per second divided by the twin's must be at least this. */
  readonly ofTwin: number
  readonly twinDoes: string
  /** What is counted is a flow of so many requests. */
  readonly flowOf?: number
  /** CPU per request, server and database, divided by that of `cpuPeer`: at most this. */
  readonly ofPeerCpu?: number
  /** CPU per request of Authly that counts for Prometheus, divided by that of Authly that does not: at most this. */
  readonly metricsCpu?: number
}

/** The peer that loses nothing either. */
export const cpuPeer: TargetName = 'oidc-provider-postgres'
const ofPeerCpu = 0.85
/** Of clients that sign or push: cheaper, no more. */
const cheaper = { ofPeerCpu: 1 }

const write =
  'one Durable Object call with one SQLite write, spread over 1,000 users, and the same signatures'

export const goals: readonly OperationGoal[] = [
  {
    ...{ name: 'client_credentials', title: 'Token: client_credentials (ES256)', ofTwin: 0.8, ofPeerCpu },
    metricsCpu: 1.03,
    twinDoes: 'parses the form, compares a SHA-256 hash, signs the same claims',
  },
  {
    ...{ name: 'client_credentials_dpop', title: 'Token: client_credentials with DPoP (ES256)' },
    ...{ ofTwin: 0.6, ...cheaper },
    twinDoes:
      'compares a SHA-256 hash, verifies the proof with the key in it, one Durable Object call with one SQLite write, signs the same claims',
  },
  {
    ...{ name: 'client_credentials_jwt', title: 'Token: client_credentials with private_key_jwt (ES256)' },
    ...{ ofTwin: 0.6, ...cheaper },
    twinDoes: 'verifies the assertion, one Durable Object call with one SQLite write, signs the same claims',
  },
  {
    ...{ name: 'code', title: 'Token: code redemption (ES256 + RS256 ID token)', ofTwin: 0.85, ofPeerCpu },
    twinDoes: write,
  },
  {
    ...{ name: 'code_es256', title: 'Token: code redemption (ES256 ID token)', ofTwin: 0.85, ofPeerCpu },
    twinDoes: write,
  },
  {
    ...{ name: 'refresh', title: 'Token: refresh with rotation (ES256 + RS256 ID token)', ofTwin: 0.85 },
    ...{ ofPeerCpu, twinDoes: write },
  },
  {
    ...{ name: 'refresh_es256', title: 'Token: refresh with rotation (ES256 ID token)', ofTwin: 0.85 },
    ...{ ofPeerCpu, twinDoes: write },
  },
  {
    ...{ name: 'authorize', title: 'Authorize with a live session (silent)', ofTwin: 0.75, ofPeerCpu },
    twinDoes: 'one Durable Object call and a redirect',
  },
  {
    ...{ name: 'par_authorize', title: 'PAR, then authorize with a live session (silent)', flowOf: 2 },
    ...{ ofTwin: 0.6, ...cheaper },
    twinDoes:
      'compares a SHA-256 hash and seals the request into its handle; opens it, one Durable Object call, another with one SQLite write that marks it as used, seals a code and redirects',
  },
  {
    ...{ name: 'fapi_code', title: 'FAPI 2.0: PAR, authorize, code redemption with DPoP (ES256)', flowOf: 3 },
    ...{ ofTwin: 0.6, ...cheaper },
    twinDoes:
      'the same with an assertion that it verifies instead of a secret, at PAR and at redemption, one Durable Object call with one SQLite write each; verifies the proof with the key in it, opens the code, one Durable Object call with two SQLite writes, signs the same claims twice',
  },
  {
    ...{ name: 'introspect', title: 'Introspect', ofTwin: 0.75, ofPeerCpu },
    twinDoes: 'one Durable Object call',
  },
  {
    ...{ name: 'passkey', title: 'Sign-in with a passkey (ES256)', ofTwin: 0.6 },
    twinDoes:
      'opens a sealed challenge, one Durable Object call that verifies ES256 and writes a session, and seals a cookie',
  },
  {
    ...{ name: 'totp', title: 'Sign-in, its second factor: TOTP', ofTwin: 0.6 },
    twinDoes:
      'opens a sealed parameter, one Durable Object call that opens a sealed seed, computes up to three HMACs and writes a session, and seals a cookie',
  },
  {
    ...{ name: 'discovery', title: 'Discovery', ofTwin: 0.75, ofPeerCpu },
    twinDoes: 'answers "Hello World!"',
  },
  { name: 'jwks', title: 'JWKS', ofTwin: 0.75, twinDoes: 'answers "Hello World!"' },
]

/** Under a load that stays below what the server can do: how long answers take, and how much memory that needs. */
export const steadyGoals = {
  operations: ['client_credentials', 'introspect', 'refresh'],
  connections: 64,
  requestsPerSecond: 2_000,
  /** Where the twin itself cannot answer twice as many, this share of what it can. */
  shareOfTwin: 0.5,
  p99OfTwin: 1.5,
  peakMemoryOfTwin: 1.5,
} as const

export const startGoals = { gzipBytes: 300 * 1024, moduleCpuMs: 60, firstTokenMs: 80 } as const

/** Microseconds of Postgres for an audit event, in batches of 200. */
export const auditEventGoal = { microseconds: 25, batchSize: 200 } as const

/** Every admin read: with 50 administrators at once, and one alone. */
export const adminGoals = { togetherP99Ms: 200, aloneP99Ms: 50 } as const
