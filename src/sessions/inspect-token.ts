/** Whether a token still lives (RFC 7662 §2.2). Reads only; expiry of access tokens is in the token itself. */
import { constantTimeEqual } from '../kit/hash.ts'
import { familyEnd } from './decide-refresh.ts'
import type { SubjectState } from './subject-state.ts'
import type { InspectedToken, InspectToken } from './user-sessions.ts'

const dead: InspectedToken = { status: 'dead' }
const live: InspectedToken = { status: 'live' }

/** A refresh token lives only while it is the current one of its family. */
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
