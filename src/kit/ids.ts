/** Identifiers: UUIDv7 for rows (RFC 9562 §5.7, index-friendly), random strings for secrets. */
import { base64url } from 'jose'

/**
 * A UUIDv7 whose leading 48 bits are `at`. Its random bits are those of a UUIDv4, which has them in the same places.
 * @param at milliseconds since the Unix epoch
 */
export function uuidv7(at: number = Date.now()): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

/**
 * A random base64url string.
 * @param bytes of randomness; 32 (256 bits) for anything that grants access
 */
export const randomToken = (bytes = 32): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
