/** Identifiers: UUIDv7 for rows (RFC 9562 §5.7, index-friendly), random strings for secrets. */
import { base64url } from 'jose'

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * A UUIDv7 whose leading 48 bits are `at`.
 * @param at milliseconds since the Unix epoch
 */
export function uuidv7(at: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let rest = at
  for (let index = 5; index >= 0; index--) {
    bytes[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  let text = ''
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-'
    text += hex[bytes[index] as number]
  }
  return text
}

/**
 * A random base64url string.
 * @param bytes of randomness; 32 (256 bits) for anything that grants access
 */
export const randomToken = (bytes = 32): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
