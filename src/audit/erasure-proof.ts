/**
 * An erasure blanks events that are already sealed, so the sealer must distinguish a genuine erasure from one that an
 * attacker with database access forged to hide their actions. The event carries a MAC under `AUTHLY_ROOT_SECRET`; only
 * with it does the sealer sign the statement that verifiers accept.
 */
import { constantTimeEqual } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'

const purpose = 'audit-erasure'

/** For `data.proof` of the user's `audit.personal_data_erased` event. */
export const erasureProof = (root: RootSecret, userId: string): Promise<string> =>
  root.lastingMac(purpose, userId)

export const isErasureProof = async (root: RootSecret, userId: string, proof: unknown): Promise<boolean> =>
  typeof proof === 'string' && constantTimeEqual(proof, await erasureProof(root, userId))
