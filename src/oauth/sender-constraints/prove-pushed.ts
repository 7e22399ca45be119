/**
 * The key of a pushed authorization request (RFC 9449 §10.1): its code is bound to that of the proof it came with, as if
 * it named it by `dpop_jkt`.
 */
import type { Client } from '../../clients/client.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal } from '../../protocol/refusal.ts'
import type { ProofUse } from '../../sessions/spent-proof.ts'
import { proveCounted } from './count-proof.ts'
import type { SenderNeeds } from './define-constraint.ts'
import { dpop } from './dpop.ts'

export interface PushedKey {
  /** For the `dpop_jkt` of the request that is stored; undefined: the code is bound when it is redeemed, or never. */
  readonly dpop_jkt: string | undefined
  /** To be used up before the request is stored (`spendProof`). */
  readonly proof?: ProofUse | undefined
  /** For the response, whatever its outcome. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Finds the key of a pushed request, after its client is authenticated. */
export async function provePushed(
  needs: SenderNeeds,
  request: Request,
  client: Client,
  parameters: Parameters,
): Promise<Result<PushedKey, OAuthRefusal>> {
  const named = parameters.get('dpop_jkt')
  if (!request.headers.has('dpop')) return ok({ dpop_jkt: named })
  const proven = await proveCounted(dpop, needs, { request, client })
  if (!proven.ok) return proven
  const { thumbprint, use: proof, headers } = proven.value
  if (named !== undefined && named !== thumbprint) {
    return err({ ...invalidRequest('dpop_jkt is not the key of the DPoP proof'), headers })
  }
  return ok({ dpop_jkt: thumbprint, proof, headers })
}
