/**
 * Keys by their prefix: `whsec_` is a shared secret (HMAC-SHA256, `v1`), `whpk_` a public key (ed25519, `v1a`). The
 * prefix decides what a key is used for, never the message. Attack (key confusion): an HMAC made with the bytes of a
 * public key, which everybody knows, is refused by a verifier that has only that key.
 */

export interface VerificationKey {
  /** The version of signatures that it verifies. */
  readonly version: 'v1' | 'v1a'
  verify(signature: Uint8Array<ArrayBuffer>, content: Uint8Array<ArrayBuffer>): Promise<boolean>
}

const publicKeyBytes = 32
/** Standard Webhooks 1.0.0, "Signature scheme". */
const secretBytes = { minimum: 24, maximum: 64 }

/** @throws TypeError when it is no secret; the message does not quote it */
export async function importSecret(secret: string): Promise<VerificationKey> {
  const bytes = bytesOf('whsec_', secret)
  if (bytes.length < secretBytes.minimum || bytes.length > secretBytes.maximum) {
    throw new TypeError('a secret has 24 to 64 bytes')
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  return {
    version: 'v1',
    // WebCrypto compares in constant time: how long it takes says nothing about how much of a guess is right.
    verify: (signature, content) => crypto.subtle.verify('HMAC', key, signature, content),
  }
}

/** @throws TypeError when it is no public key */
export async function importPublicKey(publicKey: string): Promise<VerificationKey> {
  const bytes = bytesOf('whpk_', publicKey)
  if (bytes.length !== publicKeyBytes) throw new TypeError('a public key has 32 bytes')
  const key = await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify'])
  return {
    version: 'v1a',
    verify: (signature, content) => crypto.subtle.verify('Ed25519', key, signature, content),
  }
}

function bytesOf(prefix: string, text: string): Uint8Array<ArrayBuffer> {
  if (text.startsWith('whsk_')) {
    throw new TypeError('this is the private key of a sender (whsk_): receivers need the public one (whpk_)')
  }
  if (!text.startsWith(prefix)) throw new TypeError(`a key that begins with ${prefix} is needed here`)
  try {
    return decodeBase64(text.slice(prefix.length))
  } catch {
    throw new TypeError(`what follows ${prefix} must be base64`)
  }
}

/** @throws DOMException for what is no base64 (RFC 4648 §4) */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
