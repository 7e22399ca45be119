/**
 * Whether an access token that is bound to a key is still live, and its proof new: as `inspectToken`, which only reads,
 * for a request whose sender proved to have the key. In one call, so that of two requests with the same proof one is
 * served.
 */
import { type InspectedToken, type InspectToken, inspectToken } from './inspect-token.ts'
import type { ProofUse } from './spent-proof.ts'
import type { SubjectState } from './subject-state.ts'

export interface UseBoundToken extends Extract<InspectToken, { kind: 'access' }> {
  readonly proof: ProofUse
}

/** The proof is used up only if the token is live: nobody else can fill the object. */
export function useBoundToken(
  state: SubjectState,
  input: UseBoundToken,
): InspectedToken | { readonly status: 'proof_used' } {
  const inspected = inspectToken(state, input)
  if (inspected.status !== 'live') return inspected
  return state.spentProofs.add(input.proof, input.now) ? inspected : { status: 'proof_used' }
}
