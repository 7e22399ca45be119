/**
 * Signatures of webhooks (Standard Webhooks 1.0.0, "Signature scheme"): HMAC-SHA256 (`v1`) under a shared secret
 * `whsec_…`, ed25519 (`v1a`) under a private key `whsk_…`, whose public key `whpk_…` receivers know. What is signed is
 * `id.timestamp.body`, so that neither can be exchanged.
 */
import { fromBase64, toBase64 } from '../kit/base64.ts'

const prefixes = { secret: 'whsec_', privateKey: 'whsk_', publicKey: 'whpk_' } as const

/** Standard Webhooks: 24 to 64 bytes. */
const secretBytes = { generated: 32, minimum: 24, maximum: 64 }
const seedBytes = 32
const publicKeyBytes = 32

export type SigningKey =
  | { readonly kind: 'hmac'; readonly key: CryptoKey }
  | { readonly kind: 'ed25519'; readonly key: CryptoKey }

/** A shared secret, as it is shown once: `whsec_` and 32 random bytes in base64. */
export const generateSecret = (): string =>
  secretOf(crypto.getRandomValues(new Uint8Array(secretBytes.generated)))

/** Bytes as a shared secret. */
export const secretOf = (bytes: Uint8Array): string => prefixes.secret + toBase64(bytes)

export interface WebhookKeyPair {
  /** `whsk_` and the base64 of seed and public key, 64 bytes: the form of libsodium. Never leaves the server. */
  readonly privateKey: string
  /** `whpk_` and the base64 of the public key (RFC 8032 §5.1.5). */
  readonly publicKey: string
}

export async function generateKeyPair(): Promise<WebhookKeyPair> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { d = '', x = '' } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey
  const [seed, publicKey] = [fromBase64(toStandard(d)), fromBase64(toStandard(x))]
  return {
    privateKey: prefixes.privateKey + toBase64(new Uint8Array([...seed, ...publicKey])),
    publicKey: prefixes.publicKey + toBase64(publicKey),
  }
}

/** The public half of a `whsk_` key. */
export const publicKeyOf = (privateKey: string): string =>
  prefixes.publicKey +
  toBase64(bytesAfter(prefixes.privateKey, privateKey, seedBytes + publicKeyBytes).subarray(seedBytes))

/** Reads a `whsec_` secret or a `whsk_` private key. @throws for anything else, without quoting it */
export async function importSigningKey(text: string): Promise<SigningKey> {
  if (text.startsWith(prefixes.secret)) {
    const bytes = bytesAfter(prefixes.secret, text)
    if (bytes.length < secretBytes.minimum || bytes.length > secretBytes.maximum) throw malformed()
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    return { kind: 'hmac', key: await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']) }
  }
  const bytes = bytesAfter(prefixes.privateKey, text, seedBytes + publicKeyBytes)
  const jwk = {
    ...{ kty: 'OKP', crv: 'Ed25519' },
    d: toUrlSafe(toBase64(bytes.subarray(0, seedBytes))),
    x: toUrlSafe(toBase64(bytes.subarray(seedBytes))),
  }
  return { kind: 'ed25519', key: await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['sign']) }
}

export interface SignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * The headers of one attempt. With several keys there are several signatures, so that receivers can exchange theirs
 * without missing one.
 * @param message.id that of the event; the same in each attempt
 * @param message.timestamp of the attempt, seconds since the Unix epoch
 */
export async function signWebhook(
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
  keys: readonly SigningKey[],
): Promise<SignedHeaders> {
  const { id, timestamp, body } = message
  // Attack: an id with a full stop moves the borders of what is signed: `a.1` and `2` read like `a` and `1.2`.
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new Error('a webhook id must consist of letters, digits, _ and -')
  if (!Number.isSafeInteger(timestamp)) throw new Error('a webhook timestamp must be whole seconds')
  if (keys.length === 0) throw new Error('a webhook needs a key')
  const content = `${id}.${timestamp}.${body}`
  const signatures = await Promise.all(keys.map((key) => signatureOf(key, content)))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}

async function signatureOf({ kind, key }: SigningKey, content: string): Promise<string> {
  const [version, algorithm] = kind === 'hmac' ? ['v1', 'HMAC'] : ['v1a', 'Ed25519']
  return `${version},${toBase64(new Uint8Array(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(content))))}`
}

function bytesAfter(prefix: string, text: string, length?: number): Uint8Array<ArrayBuffer> {
  if (!text.startsWith(prefix)) throw malformed()
  const bytes = decode(text.slice(prefix.length))
  if (length !== undefined && bytes.length !== length) throw malformed()
  return bytes
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text)
  } catch {
    throw malformed()
  }
}

const malformed = () => new Error('not a whsec_ secret or whsk_ key')

const toStandard = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/')
const toUrlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
