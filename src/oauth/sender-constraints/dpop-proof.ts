/** What a DPoP proof proves: signature, claims and nonce (RFC 9449 §4.3), and how it is refused (§5, §7.1, §8, §9). */
import { calledOrigin } from '../../certificates/mtls-settings.ts'
import { sha256 } from '../../kit/hash.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { dpopSigningAlgs } from '../../protocol/dpop-words.ts'
import { type OAuthErrorCode, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import type { Proof, ProvingRequest, SenderNeeds } from './define-constraint.ts'
import { checkProofClaims, maxProofAgeSeconds } from './dpop-claims.ts'
import { needsNonce, noncesOf } from './dpop-nonce.ts'
import { verifyProof } from './dpop-signature.ts'
import { refuseToken } from './token-challenge.ts'

/** Finds out what key the proof in the `DPoP` header shows. */
export async function proveDpop(
  needs: SenderNeeds,
  asked: ProvingRequest,
): Promise<Result<Proof, OAuthRefusal>> {
  const { request, client, accessToken } = asked
  const nonces = await noncesOf(needs)
  const headers = { 'dpop-nonce': nonces.current }
  const refused = (error: OAuthErrorCode, description: string) =>
    err({
      ...refusalAt(accessToken === undefined ? 'token' : 'resource', error, description),
      // A client whose clock is wrong can correct its next proof (RFC 9110 §6.6.1).
      headers: { ...headers, date: new Date(needs.now()).toUTCString() },
    })

  const proof = request.headers.get('dpop')
  if (proof === null) return refused('invalid_dpop_proof', 'a DPoP proof is required')
  const algorithms = dpopSigningAlgs.filter((alg) => client.rules.signing_algs?.includes(alg) ?? true)
  const signed = await verifyProof(proof, algorithms, needs.now())
  if (typeof signed === 'string')
    return refused('invalid_dpop_proof', `the DPoP proof is not valid: ${signed}`)
  const { payload, thumbprint } = signed
  const target = {
    method: request.method,
    // The public address of this server, whatever host or scheme the last hop used.
    url: calledOrigin(request.url, needs.config) + new URL(request.url).pathname,
    accessTokenHash: accessToken === undefined ? undefined : await sha256(accessToken),
  }
  const claims = checkProofClaims(payload, target, needs.now())
  if (typeof claims === 'string')
    return refused('invalid_dpop_proof', `the DPoP proof is not valid: ${claims}`)
  const hasNonce = claims.nonce !== undefined && (await nonces.isRecent(claims.nonce))
  if (!hasNonce && (claims.nonce !== undefined || needsNonce(needs, client))) {
    return refused('use_dpop_nonce', 'the DPoP proof needs the nonce of the DPoP-Nonce header')
  }
  const use = {
    proof_hash: await sha256(`${thumbprint} ${claims.jti}`),
    keep_until: (claims.iat + maxProofAgeSeconds) * 1000,
  }
  return ok({ thumbprint, use, headers })
}

/** 400 where tokens are issued (§5, §8), 401 with a challenge at resources (§7.1, §9). */
function refusalAt(place: 'token' | 'resource', error: OAuthErrorCode, description: string): OAuthRefusal {
  return place === 'token' ? refuse(error, description) : refuseToken('DPoP', error, description)
}
