/** A JWT for a client, signed and, where it registered that, encrypted to its key. */
import type { SignJwt } from '../keys/keyring.ts'
import { ok, type Result } from '../kit/result.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { Client } from './client.ts'
import type { PrepareEncryption } from './encryption.ts'
import { responseSigningAlg } from './response-signing-alg.ts'

export interface SignedForClientNeeds {
  readonly signJwt: SignJwt
  readonly prepareEncryption: PrepareEncryption
}

interface Signed {
  readonly response: 'authorization' | 'introspection'
  readonly typ: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** @returns a refusal when it cannot be encrypted: then nothing is signed */
export async function signedForClient(
  { signJwt, prepareEncryption }: SignedForClientNeeds,
  client: Client,
  { response, typ, claims }: Signed,
): Promise<Result<string, OAuthRefusal>> {
  const encrypt = await prepareEncryption(client, response)
  if (!encrypt.ok) return encrypt
  const alg = responseSigningAlg(client, client[`${response}_signed_response_alg`])
  const jwt = await signJwt(alg, typ, claims)
  return ok(encrypt.value ? await encrypt.value(jwt, 'JWT') : jwt)
}
