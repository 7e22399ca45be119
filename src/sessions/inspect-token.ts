/** Whether a token is still live (RFC 7662 §2.2). Only reads; an access token itself contains its expiry. */
import { constantTimeEqual } from '../kit/hash.ts'
import { familyEnd } from './decide-refresh.ts'
import type { Grant } from './grant.ts'
import type { SubjectState } from './subject-state.ts'

export type InspectToken =
  | {
      readonly now: number
      readonly kind: 'access'
      readonly grant_id?: string | undefined
      readonly jti_hash: string
      /** Whether to return the grant; usually the token itself contains enough. */
      readonly with_grant?: boolean | undefined
    }
  | {
      readonly now: number
      readonly kind: 'refresh'
      readonly grant_id: string
      readonly secret_hash: string
    }

export type InspectedToken =
  | {
      readonly status: 'live'
      /** Absent for service tokens, which have none, and for access tokens unless requested. */
      readonly grant?: Grant
      /** For refresh tokens: when it expires if unused. */
      readonly expires_at?: number
    }
  | { readonly status: 'dead' }

const dead: InspectedToken = { status: 'dead' }
const live: InspectedToken = { status: 'live' }

/** A refresh token is live only while it is the current one of its family. */
export function inspectToken(state: SubjectState, input: InspectToken): InspectedToken {
  if (input.kind === 'access' && state.revokedTokens.has(input.jti_hash)) return dead
  if (input.grant_id === undefined) return live

  const stored = state.grants.find(input.grant_id)
  if (!stored || stored.revoked) return dead
  const { grant, family } = stored
  if (input.kind === 'access') return input.with_grant ? { status: 'live', grant } : live

  if (!family || input.now >= familyEnd(family)) return dead
  if (!constantTimeEqual(family.current_hash, input.secret_hash)) return dead
  return { status: 'live', grant, expires_at: familyEnd(family) }
}
