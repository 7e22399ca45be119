/**
 * The signature of a request object (RFC 9101 §6.2). The allowed algorithms are asymmetric only, and the key must be
 * one that the client has registered or publishes: nothing in the object says which key to trust (RFC 8725 §3.1, §3.10).
 */
import { compactVerify, errors } from 'jose'
import type { Client } from '../../../clients/client.ts'
import { acceptedSigningAlgs, verifyWithClientKeys } from '../../../clients/verify-with-client-keys.ts'
import { decodeText, isCompactJws } from '../../../kit/base64url.ts'
import { parseStrictObject } from '../../../kit/json-object.ts'
import { err, ok, type Result } from '../../../kit/result.ts'
import { isOfType } from '../../../protocol/jwt-type.ts'
import type { RequestSourceNeeds } from './request-source.ts'

export type ObjectClaims = Readonly<Record<string, unknown>>

/** More than the parameters that are accepted need, encoded and signed. */
const maxObjectLength = 16_384
/** The same in base64 again, with a header and an encrypted key. */
const maxEncryptedLength = 24_576
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** RFC 9101 §10.8: a JWT made for something else must not pass for a request. Older clients name no type. */
const acceptedTypes: ReadonlySet<string> = new Set(['oauth-authz-req+jwt', 'jwt'])

/** @returns what the object says, or what is wrong with it */
export async function verifyRequestObject(
  needs: Pick<RequestSourceNeeds, 'fetchClientJwks' | 'decryptJwe'>,
  client: Client,
  received: string,
): Promise<Result<ObjectClaims, string>> {
  const decrypted = await decryptObject(needs, client, received)
  if (!decrypted.ok) return decrypted
  const object = decrypted.value
  if (object.length > maxObjectLength) return err('it is too long')
  if (!isCompactJws(object)) return err('it is not a signed JWT')
  const fault = headerFault(object)
  if (fault !== undefined) return err(fault)
  const payload = await verifySignature(needs, client, object)
  if (typeof payload === 'string') return err(payload)
  const claims = parseStrictObject(decode(payload) ?? '')
  return claims ? ok(claims) : err('its content is not a JSON object whose members are there once')
}

/**
 * RFC 9101 §6.1: an encrypted object contains a signed one. Anybody can encrypt to us, so encryption alone proves
 * nothing; and it is done once, so that nothing can be nested without end.
 */
async function decryptObject(
  { decryptJwe }: Pick<RequestSourceNeeds, 'decryptJwe'>,
  client: Client,
  received: string,
): Promise<Result<string, string>> {
  if (received.split('.', 6).length !== 5) return ok(received)
  if (received.length > maxEncryptedLength) return err('it is too long')
  const header = parseStrictObject(decodePart(received.slice(0, received.indexOf('.'))) ?? '')
  if (!header) return err('its header is not a JSON object whose members are there once')
  const { request_object_encryption_alg: alg, request_object_encryption_enc: enc } = client
  const isRegistered =
    (alg === undefined || alg === header['alg']) && (enc === undefined || enc === header['enc'])
  if (!isRegistered) return err('it is encrypted in another way than the client registered')
  const content = await decryptJwe(received)
  return content === undefined ? err('it cannot be decrypted') : ok(content)
}

function headerFault(object: string): string | undefined {
  const header = parseStrictObject(decodePart(object.slice(0, object.indexOf('.'))) ?? '')
  if (!header) return 'its header is not a JSON object whose members are there once'
  // Attack: an extension that we do not know changes what is signed (RFC 7515 §4.1.11, RFC 7797).
  if ('crit' in header || 'b64' in header) return 'its header asks for an extension'
  const type = header['typ']
  return type === undefined || isOfType(type, acceptedTypes) ? undefined : 'it is a JWT of another type'
}

async function verifySignature(
  needs: Pick<RequestSourceNeeds, 'fetchClientJwks'>,
  client: Client,
  object: string,
): Promise<Uint8Array | string> {
  const algorithms = acceptedSigningAlgs(client, client.request_object_signing_alg)
  try {
    const verified = await verifyWithClientKeys(needs, client, (key) =>
      compactVerify(object, key, { algorithms }),
    )
    return verified?.payload ?? 'the client has no keys, or they cannot be fetched'
  } catch (error) {
    if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not one the client may use'
    if (error instanceof errors.JWKSNoMatchingKey) return 'no key of the client fits'
    return 'its signature is not valid'
  }
}

function decodePart(part: string): string | undefined {
  try {
    return decodeText(part)
  } catch {
    return undefined
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
