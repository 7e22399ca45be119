import { sha256 } from '@authly-server/core'
import type { Confirmation } from './access-token.ts'
import type { ApiClaims } from './claims.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import { type DpopProof, maxProofAgeSeconds, verifyProof } from './dpop-proof.ts'
import type { ApiRequest, PresentedToken } from './presented-token.ts'
import { invalidProof, invalidToken, Refusal, unavailable } from './refusal.ts'
import type { Settings } from './settings.ts'
import type { UsedProofs } from './used-proofs.ts'

/** Who sent the request: whoever has the token, or whoever has its key as well. */
export interface Sender {
  readonly confirmation: Confirmation | undefined
  /** To be used up when everything else is right. */
  readonly proof: DpopProof | undefined
}

type SenderSettings = Pick<
  Settings,
  'dpop' | 'publicUrl' | 'clockToleranceSeconds' | 'now' | 'dpopNonces' | 'clientCertificate'
>

const anybody: Sender = { confirmation: undefined, proof: undefined }

/** Whether the sender has every key that the token is bound to (RFC 7800 §3.1). Synchronous for tokens bound to none. */
export function checkSender(
  settings: SenderSettings,
  request: ApiRequest,
  presented: PresentedToken,
  { cnf }: ApiClaims,
): Sender | Refusal | Promise<Sender | Refusal> {
  if (cnf === undefined && presented.scheme === 'Bearer' && settings.dpop === 'optional') return anybody
  return checkConfirmation(settings, request, presented, cnf)
}

async function checkConfirmation(
  settings: SenderSettings,
  request: ApiRequest,
  { scheme, token }: PresentedToken,
  cnf: ApiClaims['cnf'],
): Promise<Sender | Refusal> {
  const { jkt, 'x5t#S256': certificate, ...others } = cnf ?? {}
  // Attack: a token that is bound in a way we cannot check would count as bound to nothing.
  if (cnf !== undefined && (Object.keys(others).length > 0 || (jkt ?? certificate) === undefined))
    return invalidToken('the access token is bound to a key in a way that this API cannot check')
  if (scheme === 'DPoP' && jkt === undefined) return invalidToken('the access token is not bound to a key')
  // Attack: a stolen token that is bound to a key is presented as one that is not (RFC 9449 §7.2).
  if (scheme === 'Bearer' && jkt !== undefined)
    return new Refusal('invalid_token', 'the access token is bound to a key: it needs the scheme DPoP', {
      scheme: 'DPoP',
    })
  if (settings.dpop === 'required' && jkt === undefined)
    return new Refusal('invalid_token', 'this API takes only access tokens that are bound by DPoP')
  if (certificate !== undefined) {
    const presented = await settings.clientCertificate?.(request)
    if (presented !== certificate)
      return invalidToken('the access token is bound to another client certificate')
  }
  if (jkt === undefined) return { confirmation: cnf as Confirmation | undefined, proof: undefined }
  const proof = await provenKey(settings, request, token, jkt)
  return proof instanceof Refusal ? proof : { confirmation: cnf as Confirmation, proof }
}

async function provenKey(
  settings: SenderSettings,
  request: ApiRequest,
  token: string,
  jkt: unknown,
): Promise<DpopProof | Refusal> {
  const header = request.headers.get('dpop')
  if (header === null)
    return new Refusal('invalid_dpop_proof', 'a DPoP proof is required', { scheme: 'DPoP' })
  const target = {
    method: request.method,
    url: settings.publicUrl(request),
    accessTokenHash: await sha256(token),
    clockToleranceSeconds: settings.clockToleranceSeconds,
  }
  const proof = await verifyProof(header, target, settings.now() / 1000)
  if (typeof proof === 'string') return invalidProof(proof)
  if (proof.thumbprint !== jkt)
    return new Refusal('invalid_token', 'the access token is bound to another key', { scheme: 'DPoP' })
  const { dpopNonces: nonces } = settings
  if (nonces && !(await isNonceRight(nonces, proof.nonce)))
    return new Refusal('use_dpop_nonce', 'the DPoP proof needs the nonce of the DPoP-Nonce header', {
      scheme: 'DPoP',
    })
  return proof
}

const isNonceRight = async (nonces: DpopNonces, nonce: string | undefined): Promise<boolean> =>
  nonce !== undefined && (await nonces.isRecent(nonce))

/** Uses a proof up: once, whatever the URL, because the key is the client's own. */
export async function spendProof(
  used: UsedProofs,
  { thumbprint, jti, iat }: DpopProof,
): Promise<Refusal | undefined> {
  const expiresAt = Math.ceil(iat) + maxProofAgeSeconds + 1
  try {
    if (await used.use(await sha256(`${thumbprint} ${jti}`), expiresAt)) return undefined
  } catch (cause) {
    return unavailable('whether the DPoP proof was used before cannot be known', cause)
  }
  return invalidProof('it was used before')
}
