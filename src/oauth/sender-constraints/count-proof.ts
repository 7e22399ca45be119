/** Asks a constraint for its proof, and counts how that ended. */
import type { Result } from '../../kit/result.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import { count } from '../../telemetry/count.ts'
import type { Proof, ProvingRequest, SenderConstraint, SenderNeeds } from './define-constraint.ts'

export async function proveCounted(
  { member, prove }: SenderConstraint,
  needs: SenderNeeds,
  asked: ProvingRequest,
): Promise<Result<Proof, OAuthRefusal>> {
  const proven = await prove(needs, asked)
  const [outcome, error] = proven.ok ? ['success', ''] : ['refused', proven.error.error]
  count('authly_sender_proofs_total', 1, member, outcome, error)
  return proven
}
