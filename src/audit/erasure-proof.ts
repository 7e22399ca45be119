/**
 * An erasure blanks events that are sealed already, so the sealer must be able to tell ours from one that somebody
 * with access to the database alone has made up to hide what they did: the event carries a MAC under
 * `AUTHLY_ROOT_SECRET`, and only with it does the sealer sign the statement that verifiers accept.
 */
import { constantTimeEqual } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'

const purpose = 'audit-erasure'

/** Goes into `data.proof` of the event `audit.personal_data_erased` of that person. */
export const erasureProof = (root: RootSecret, userId: string): Promise<string> =>
  root.lastingMac(purpose, userId)

export const isErasureProof = async (root: RootSecret, userId: string, proof: unknown): Promise<boolean> =>
  typeof proof === 'string' && constantTimeEqual(proof, await erasureProof(root, userId))
