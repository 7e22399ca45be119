/** What is encrypted to a client, and how; cheap, because every response asks. */
import type { ContentEncryption, EncryptionAlg } from '../keys/algorithms.ts'
import type { Result } from '../kit/result.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { Client } from './client.ts'

/** OpenID Connect Registration §2, JARM §3, RFC 9701 §6: first parts of the names of the members. */
export const encryptedResponses = ['id_token', 'userinfo', 'authorization', 'introspection'] as const
export type EncryptedResponse = (typeof encryptedResponses)[number]

/** OpenID Connect Registration §2: where only the first of the two members is registered. */
const defaultEnc = 'A128CBC-HS256' satisfies ContentEncryption

export interface Encryption {
  readonly alg: EncryptionAlg
  readonly enc: ContentEncryption
}

/** `undefined`: the client is sent the response as it is. */
export function encryptionOf(client: Client, response: EncryptedResponse): Encryption | undefined {
  const alg = client[`${response}_encrypted_response_alg`]
  return alg && { alg, enc: client[`${response}_encrypted_response_enc`] ?? defaultEnc }
}

/** Encrypts as a compact JWE. A signed JWT says so in `cty` (RFC 7519 §5.2). */
export type Encrypt = (content: string, type?: 'JWT') => Promise<string>

/**
 * Finds the client's key before anything is done that cannot be repeated. `undefined` where nothing is registered;
 * refused where something is and no key can be had: what was to be encrypted is never sent as it is.
 */
export type PrepareEncryption = (
  client: Client,
  response: EncryptedResponse,
) => Promise<Result<Encrypt | undefined, OAuthRefusal>>
