/** HMAC-based one-time passwords (RFC 4226 §5.3), with the hash functions of RFC 6238 §1.2. */
import type { OtpAlgorithm } from './generator.ts'

const hashOf: Readonly<Record<OtpAlgorithm, string>> = {
  SHA1: 'SHA-1',
  SHA256: 'SHA-256',
  SHA512: 'SHA-512',
}

/** The key of a seed, for any number of codes. */
export const importSeed = (seed: Uint8Array<ArrayBuffer>, algorithm: OtpAlgorithm): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: hashOf[algorithm] }, false, ['sign'])

/**
 * The code of a counter.
 * @param counter 0 to 2^53 - 1
 * @param digits 6 to 8
 */
export async function computeCode(key: CryptoKey, counter: number, digits: number): Promise<string> {
  const moving = new DataView(new ArrayBuffer(8))
  moving.setBigUint64(0, BigInt(counter))
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, moving))
  const offset = mac.getUint8(mac.byteLength - 1) & 0x0f
  const truncated = mac.getUint32(offset) & 0x7fffffff
  return String(truncated % 10 ** digits).padStart(digits, '0')
}

/** The time step of a moment (RFC 6238 §4.2): the counter of a time-based code. @param at milliseconds */
export const timeStepOf = (at: number, periodSeconds: number): number => Math.floor(at / 1000 / periodSeconds)
