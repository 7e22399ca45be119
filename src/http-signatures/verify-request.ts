/**
 * Verifies that a client signed a request (RFC 9421). A stolen access token alone is then worthless: each request
 * needs the client's private key and is valid for one URL and one body, once, for a minute.
 */
import type { JSONWebKeySet, JWK } from 'jose'
import type { Client } from '../clients/client.ts'
import type { FetchClientJwks } from '../clients/client-jwks.ts'
import { type Clock, toSeconds } from '../kit/clock.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { SpendOnce } from '../sessions/single-use.ts'
import { algorithmOf, verifyBytes } from './signature-algorithms.ts'
import { type SignedMessage, signatureBase } from './signature-base.ts'
import type { SignatureFault } from './signature-fault.ts'
import { readSignatureFields, type SignatureInput } from './signature-fields.ts'
import { requiredComponents, type SignaturePolicy } from './signature-policy.ts'

export interface VerifyRequestNeeds {
  readonly now: Clock
  readonly fetchClientJwks: FetchClientJwks
  readonly spendOnce: SpendOnce
}

/** 16 random characters of base64url are 96 bits and will not repeat; longer nonces waste the object's memory. */
const nonceLength = { min: 16, max: 256 }

/**
 * Verifies the signature of `message`, which `client` must have made. With `hasBody` the caller must check the
 * body with `checkContentDigest` after this has succeeded.
 * @returns undefined when there is no signature; else the id of the key, or why the signature was rejected
 */
export async function verifyRequest(
  needs: VerifyRequestNeeds,
  policy: SignaturePolicy,
  client: Client,
  message: SignedMessage,
  hasBody: boolean,
): Promise<Result<{ readonly keyid: string }, SignatureFault> | undefined> {
  const presented = readSignatureFields(message.headers)
  if (presented === undefined || !presented.ok) return presented
  const { input, signature } = presented.value
  const required = requiredComponents(policy, message.headers, hasBody)
  const checked = checkInput(policy, required, input, toSeconds(needs.now()))
  if (!checked.ok) return checked
  const base = signatureBase(message, input)
  if (!base.ok) return base
  const key = await findKey(needs.fetchClientJwks, client, checked.value.keyid)
  const algorithm = key && algorithmOf(key)
  if (!algorithm) return err('key_unknown')
  if (input.alg !== undefined && input.alg !== algorithm) return err('alg_mismatch')
  if (!(await verifyBytes(key, base.value, signature))) return err('wrong_signature')
  // Last, so that only the holder of the key can use up a nonce and fill the object that stores them.
  const keepUntilSeconds = checked.value.created + policy.maxAgeSeconds + policy.clockSkewSeconds
  const scope = `http-signature:${client.client_id}`
  const isFresh = await needs.spendOnce(scope, checked.value.nonce, keepUntilSeconds * 1000)
  return isFresh ? ok({ keyid: checked.value.keyid }) : err('nonce_spent')
}

interface CheckedInput {
  readonly keyid: string
  readonly nonce: string
  readonly created: number
}

function checkInput(
  policy: SignaturePolicy,
  required: readonly string[],
  input: SignatureInput,
  now: number,
): Result<CheckedInput, SignatureFault> {
  const { created, expires, nonce, keyid } = input
  // The tag rejects a signature that the client made with the same key for another application.
  if (input.tag !== policy.tag) return err('wrong_tag')
  if (!required.every((name) => input.components.includes(name))) return err('missing_component')
  if (created === undefined) return err('created_missing')
  if (created < now - policy.maxAgeSeconds) return err('too_old')
  if (created > now + policy.clockSkewSeconds) return err('in_the_future')
  if (expires !== undefined && expires <= now) return err('expired')
  if (nonce === undefined || nonce.length < nonceLength.min || nonce.length > nonceLength.max) {
    return err('nonce_unfit')
  }
  return keyid === undefined ? err('key_unknown') : ok({ keyid, nonce, created })
}

/** Only the client's own keys count, whatever `keyid` is; a recently published key is fetched. */
async function findKey(
  fetchClientJwks: FetchClientJwks,
  client: Client,
  keyid: string,
): Promise<JWK | undefined> {
  const known = withId(await fetchClientJwks(client), keyid)
  if (known || client.jwks_uri === undefined) return known
  return withId(await fetchClientJwks(client, { stale: true }), keyid)
}

/** With two keys of the same id it is unclear which was meant. */
function withId(jwks: JSONWebKeySet | undefined, keyid: string): JWK | undefined {
  const fitting = jwks?.keys.filter(({ kid }) => kid === keyid) ?? []
  return fitting.length === 1 ? fitting[0] : undefined
}
