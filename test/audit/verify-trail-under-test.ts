/** Verifies a trail under test as the command line does. */
import { isErasureProof } from '../../src/audit/erasure-proof.ts'
import { selectSegments, selectSigners } from '../../src/evidence/evidence.store.ts'
import type { StoredSegment } from '../../src/evidence/evidence-row.ts'
import { verifyTrail } from '../../src/evidence/verify-trail.ts'
import { issuer, type trailUnderTest } from './trail-under-test.ts'

export type Trail = Awaited<ReturnType<typeof trailUnderTest>>

export async function verify(trail: Trail) {
  const [segments = [], signers = []] = await trail.runBatch([selectSegments(1, 1000), selectSigners])
  return verifyTrail(
    {
      keyring: trail.keyring,
      signers: signers.map((row) => row['public_jwk'] as object),
      issuer,
      isErasureProof: (userId, proof) => isErasureProof(trail.root, userId, proof),
      isEnd: true,
    },
    undefined,
    segments.map((row) => row['segment'] as StoredSegment),
  )
}
