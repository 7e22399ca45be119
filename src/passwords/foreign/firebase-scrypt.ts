/**
 * Firebase's scrypt: the "hash" is the project's signer key, encrypted by AES-256-CTR under the derived key. The
 * password determines only the key stream, so we store the key stream (hash XOR signer key): the signer key, a
 * secret of the whole project, is then not stored beside every password.
 */
import { bytesEqual, decodeBase64, encodeBase64, type ForeignScheme } from './foreign-scheme.ts'
import { deriveScrypt, isBoundedScrypt, isScrypt } from './scrypt.ts'

/** An exported user's password with the project's "password hash parameters", named as in the console. */
export interface FirebaseHash {
  /** Base64, as are the other strings. */
  readonly hash: string
  readonly salt: string
  readonly signer_key: string
  readonly salt_separator: string
  readonly rounds: number
  readonly mem_cost: number
}

/**
 * The stored form: `$firebase-scrypt$ln=14,r=8$<salt>$<stream>`.
 * @returns undefined when something is not base64 or has the wrong length
 */
export function writeFirebaseScrypt(given: FirebaseHash): string | undefined {
  const signerKey = decodeBase64(given.signer_key)
  const separator = decodeBase64(given.salt_separator)
  const hash = decodeBase64(given.hash)
  const own = decodeBase64(given.salt)
  if (!signerKey || !separator || !hash || !own || hash.length !== signerKey.length) return undefined
  const stream = hash.map((byte, index) => byte ^ (signerKey[index] as number))
  const salt = encodeBase64(new Uint8Array([...own, ...separator]))
  return `$firebase-scrypt$ln=${given.mem_cost},r=${given.rounds}$${salt}$${encodeBase64(stream)}`
}

const form = /^\$firebase-scrypt\$ln=(\d{1,2}),r=(\d{1,2})\$([A-Za-z0-9+/]{1,172})\$([A-Za-z0-9+/]{43,172})$/

export const firebaseScrypt: ForeignScheme = {
  id: 'firebase-scrypt',
  parse(stored) {
    const match = form.exec(stored)
    if (!match) return undefined
    const cost = { ln: Number(match[1]), r: Number(match[2]), p: 1 }
    const salt = decodeBase64(match[3] as string)
    const stream = decodeBase64(match[4] as string)
    if (!salt || !stream || !isScrypt(cost)) return undefined
    if (!isBoundedScrypt(cost)) return 'too dear'
    return {
      async verify(password) {
        const derived = deriveScrypt(password, salt, cost, 32)
        const key = await crypto.subtle.importKey('raw', derived, 'AES-CTR', false, ['encrypt'])
        const counter = { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 }
        const made = await crypto.subtle.encrypt(counter, key, new Uint8Array(stream.length))
        return bytesEqual(new Uint8Array(made), stream)
      },
    }
  },
}
