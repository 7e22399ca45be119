/** What must be reached. A ratio against the bare twin is of throughput; against a peer it is of CPU time. */
import type { OperationName, TargetName } from './target.ts'

export interface OperationGoal {
  readonly name: OperationName
  readonly title: string
  /** Authly's requests per second divided by the twin's must be at least this. */
  readonly ofTwin: number
  readonly twinDoes: string
  /** Peers that must use more CPU per request than Authly. */
  readonly cheaperThan: readonly TargetName[]
}

const both = ['oidc-provider-memory', 'oidc-provider-postgres'] as const
const durable = ['oidc-provider-postgres'] as const

const write =
  'one Durable Object call with one SQLite write, spread over 1,000 users, and the same signatures'

export const goals: readonly OperationGoal[] = [
  {
    ...{
      name: 'client_credentials',
      title: 'Token: client_credentials (ES256)',
      ofTwin: 0.7,
      cheaperThan: both,
    },
    twinDoes: 'parses the form, compares a SHA-256 hash, signs the same claims',
  },
  {
    ...{
      name: 'code',
      title: 'Token: code redemption (ES256 + RS256 ID token)',
      ofTwin: 0.7,
      cheaperThan: both,
    },
    twinDoes: write,
  },
  {
    ...{
      name: 'code_es256',
      title: 'Token: code redemption (ES256 ID token)',
      ofTwin: 0.7,
      cheaperThan: both,
    },
    twinDoes: write,
  },
  {
    ...{ name: 'refresh', title: 'Token: refresh with rotation (ES256 + RS256 ID token)', ofTwin: 0.7 },
    ...{ cheaperThan: durable, twinDoes: write },
  },
  {
    ...{ name: 'authorize', title: 'Authorize with a live session (silent)', ofTwin: 0.6, cheaperThan: both },
    twinDoes: 'one Durable Object call and a redirect',
  },
  {
    ...{ name: 'introspect', title: 'Introspect', ofTwin: 0.6, cheaperThan: durable },
    twinDoes: 'one Durable Object call',
  },
  {
    ...{ name: 'discovery', title: 'Discovery', ofTwin: 0.7, cheaperThan: durable },
    twinDoes: 'answers "Hello World!"',
  },
  {
    ...{ name: 'jwks', title: 'JWKS', ofTwin: 0.7, cheaperThan: durable },
    twinDoes: 'answers "Hello World!"',
  },
]
