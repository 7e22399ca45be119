/**
 * Everything this deployment encrypts or MACs uses keys derived from one secret, `AUTHLY_ROOT_SECRET`, by HKDF
 * (RFC 5869) with a purpose as `info`, so that a value made for one purpose never opens under another. Sealed
 * values start with the id of their root key, so that previous root secrets still open old values.
 */
import { base64url } from 'jose'
import { decodeBase64Url, encodeBase64Url } from './base64url.ts'
import { sha256 } from './hash.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ivLength = 12
/** A multiple of three, so that the id is also a prefix of the encoded value. */
const keyIdLength = 6

interface RootKey {
  readonly id: string
  readonly idBytes: Uint8Array
  readonly material: CryptoKey
  readonly sealing: Map<string, Promise<CryptoKey>>
}

export interface RootSecret {
  /**
   * AES-256-GCM under the key of `purpose`. `context` is authenticated but not stored, so a value moved to another
   * place (row, client, user) does not open. Returns base64url(key id | iv | ciphertext).
   */
  seal(purpose: string, plaintext: string, context?: string): Promise<string>
  /** The plaintext, or `undefined` for anything not sealed here for this purpose and context. Never throws. */
  open(purpose: string, sealed: string, context?: string): Promise<string | undefined>
  /** Whether a sealed value names the current root secret: others should be sealed again. Proves nothing. */
  isCurrent(sealed: string): Promise<boolean>
  /** base64url(HMAC-SHA256) under the key of `purpose`. Changes with the root secret. */
  mac(purpose: string, message: string): Promise<string>
  /**
   * The same under the oldest root secret: for values that others store and that must stay the same after a
   * rotation.
   */
  lastingMac(purpose: string, message: string): Promise<string>
}

/** Prefix of a previous root secret that no longer opens anything and only keeps lasting MACs stable. */
const closedMark = 'closed:'

/**
 * @param current base64url of at least 32 bytes; seals and opens
 * @param previous older root secrets, the oldest one last; they only open, and not if prefixed with `closed:`
 */
export function createRootSecret(current: string, previous: readonly string[] = []): RootSecret {
  const opening = previous.filter((secret) => !secret.startsWith(closedMark))
  const keys = Promise.all([current, ...opening].map(importRootKey))
  const oldest = previous.at(-1)?.replace(closedMark, '') ?? current
  const mac = createMac(() => keys.then(([root]) => root as RootKey))
  const lastingMac = createMac(() => importRootKey(oldest))

  return {
    async seal(purpose, plaintext, context = '') {
      const root = (await keys)[0] as RootKey
      const key = await sealingKey(root, purpose)
      const iv = crypto.getRandomValues(new Uint8Array(ivLength))
      const ciphertext = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: encoder.encode(context) },
        key,
        encoder.encode(plaintext),
      )
      const out = new Uint8Array(keyIdLength + ivLength + ciphertext.byteLength)
      out.set(root.idBytes)
      out.set(iv, keyIdLength)
      out.set(new Uint8Array(ciphertext), keyIdLength + ivLength)
      return base64url.encode(out)
    },

    async open(purpose, sealed, context = '') {
      try {
        const root = (await keys).find(({ id }) => sealed.startsWith(id))
        if (!root) return undefined
        const bytes = decodeBase64Url(sealed)
        // Only the canonical encoding: decoders ignore white space and spare bits, but an accepted value is used
        // in headers.
        if (encodeBase64Url(bytes) !== sealed) return undefined
        const iv = bytes.subarray(keyIdLength, keyIdLength + ivLength)
        const plaintext = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv, additionalData: encoder.encode(context) },
          await sealingKey(root, purpose),
          bytes.subarray(keyIdLength + ivLength),
        )
        return decoder.decode(plaintext)
      } catch {
        return undefined
      }
    },

    isCurrent: async (sealed) => sealed.startsWith(((await keys)[0] as RootKey).id),
    mac,
    lastingMac,
  }
}

function createMac(loadRoot: () => Promise<RootKey>): RootSecret['mac'] {
  const macKeys = new Map<string, Promise<CryptoKey>>()
  const deriveMacKey = async (purpose: string): Promise<CryptoKey> =>
    crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(`mac:${purpose}`) },
      (await loadRoot()).material,
      { name: 'HMAC', hash: 'SHA-256', length: 256 },
      false,
      ['sign'],
    )
  return async (purpose, message) => {
    let key = macKeys.get(purpose)
    if (!key) {
      key = deriveMacKey(purpose)
      macKeys.set(purpose, key)
    }
    return base64url.encode(
      new Uint8Array(await crypto.subtle.sign('HMAC', await key, encoder.encode(message))),
    )
  }
}

async function importRootKey(secret: string): Promise<RootKey> {
  const bytes = decodeBase64Url(secret)
  if (bytes.length < 32) throw new Error('AUTHLY_ROOT_SECRET must be at least 32 bytes, base64url')
  const idBytes = decodeBase64Url(await sha256(`authly root key id ${secret}`)).subarray(0, keyIdLength)
  return {
    id: base64url.encode(idBytes),
    idBytes,
    material: await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']),
    sealing: new Map(),
  }
}

function sealingKey(root: RootKey, purpose: string): Promise<CryptoKey> {
  let key = root.sealing.get(purpose)
  if (!key) {
    key = crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(`seal:${purpose}`) },
      root.material,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    )
    root.sealing.set(purpose, key)
  }
  return key
}
