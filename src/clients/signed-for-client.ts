/** A JWT for a client, signed and, where it registered that, encrypted to its key. */
import type { SignJwt } from '../keys/keyring.ts'
import type { Client } from './client.ts'
import type { Encrypt } from './encryption.ts'
import { responseSigningAlg } from './response-signing-alg.ts'

export interface SignedForClientNeeds {
  readonly signJwt: SignJwt
}

interface Signed {
  readonly response: 'authorization' | 'introspection'
  readonly typ: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** @param encrypt as it was prepared for this response of this client */
export async function signedForClient(
  { signJwt }: SignedForClientNeeds,
  client: Client,
  { response, typ, claims }: Signed,
  encrypt: Encrypt | undefined,
): Promise<string> {
  const alg = responseSigningAlg(client, client[`${response}_signed_response_alg`])
  const jwt = await signJwt(alg, typ, claims)
  return encrypt ? encrypt(jwt, 'JWT') : jwt
}
