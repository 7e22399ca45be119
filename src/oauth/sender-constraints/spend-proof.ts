/** A proof is accepted once (RFC 9449 §11.1). Attack: a proof that was seen is sent again. */
import type { Client } from '../../clients/client.ts'
import { type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import type { InspectedToken, InspectToken } from '../../sessions/inspect-token.ts'
import type { UserSessions } from '../../sessions/rules.ts'
import { clientSingleUse, type SpendOnce } from '../../sessions/single-use.ts'
import type { ProofUse } from '../../sessions/spent-proof.ts'
import { refuseToken } from './token-challenge.ts'

const description = 'the DPoP proof was used before'

/** Where tokens are issued. */
export const proofUsed: OAuthRefusal = refuse('invalid_dpop_proof', description)

/** At resources. */
export const proofUsedAtResource: OAuthRefusal = refuseToken('DPoP', 'invalid_dpop_proof', description)

/**
 * Uses a proof up where no object of a person is asked anyway: in the client's own.
 * @returns false when it was used before
 */
export const spendProof = (spendOnce: SpendOnce, { client_id }: Client, proof: ProofUse): Promise<boolean> =>
  spendOnce(clientSingleUse(client_id), `dpop ${proof.proof_hash}`, proof.keep_until)

/** Looks an access token up, and uses up the proof presented with it in the same call. */
export const inspectFor = (
  sessions: Pick<UserSessions, 'inspectToken' | 'useBoundToken'>,
  proof: ProofUse | undefined,
  token: Extract<InspectToken, { kind: 'access' }>,
): Promise<InspectedToken | { readonly status: 'proof_used' }> =>
  proof === undefined ? sessions.inspectToken(token) : sessions.useBoundToken({ ...token, proof })
