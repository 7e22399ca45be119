/**
 * phpass, "portable hashes": `$P$` (WordPress before 6.8) and `$H$` (phpBB) with MD5, `$S$` (Drupal 7 to 10.0) with
 * SHA-512. One character gives log2 of the rounds, eight are the salt.
 */
import { bytesEqual, concatBytes, type ForeignScheme, maxPasswordBytes } from './foreign-scheme.ts'

/** Digits from the least significant; also the alphabet of crypt(3). */
export const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** WordPress and phpBB write 2^13 or less, Drupal 2^15 or 2^16. 2^17 take about half a second of CPU. */
const bounds = { min: 7, md5: 17, sha512: 17, format: 30 }

const form =
  /^\$(?:([PH])\$([./0-9A-Za-z])([!-~]{8})([./0-9A-Za-z]{22})|S\$([./0-9A-Za-z])([!-~]{8})([./0-9A-Za-z]{43}))$/

const encoder = new TextEncoder()

export const phpass: ForeignScheme = {
  id: 'phpass',
  parse(stored) {
    const match = form.exec(stored)
    if (!match) return undefined
    const isMd5 = match[1] !== undefined
    const log2 = cryptAlphabet.indexOf((match[2] ?? match[5]) as string)
    if (log2 < bounds.min || log2 > bounds.format) return undefined
    if (log2 > (isMd5 ? bounds.md5 : bounds.sha512)) return 'too dear'
    const salt = encoder.encode(match[3] ?? match[6])
    const expected = (match[4] ?? match[7]) as string
    return {
      async verify(password) {
        if (password.length > maxPasswordBytes) return false
        const digest = isMd5
          ? (await import('@noble/hashes/legacy.js')).md5
          : (await import('@noble/hashes/sha2.js')).sha512
        const made = iterate(digest, password, salt, 2 ** log2)
        const text = encode(made).slice(0, expected.length)
        return bytesEqual(encoder.encode(text), encoder.encode(expected))
      },
    }
  },
}

function iterate(
  digest: (message: Uint8Array) => Uint8Array,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Uint8Array {
  let hash = digest(concatBytes(salt, password))
  for (let round = 1; round <= rounds; round++) hash = digest(concatBytes(hash, password))
  return hash
}

/** Three bytes are four characters, the least significant six bits first. */
function encode(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const taken = bytes.subarray(at, at + 3)
    const value = taken.reduce((sum, byte, index) => sum + byte * 256 ** index, 0)
    for (let index = 0; index <= taken.length; index++) {
      text += cryptAlphabet[Math.floor(value / 64 ** index) % 64]
    }
  }
  return text
}
