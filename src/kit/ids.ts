/** Identifiers: UUIDv7 for rows (RFC 9562 §5.7, index-friendly), UUIDv8 for what derives its own, random strings for secrets. */
import { base64url } from 'jose'

/**
 * A UUIDv7 whose leading 48 bits are `at`. Its random bits are those of a UUIDv4, which has them in the same places.
 * @param at milliseconds since the Unix epoch
 */
export function uuidv7(at: number = Date.now()): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

/** The text of a UUID. @param bytes 16 */
export function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A UUIDv8 (RFC 9562 §5.8) of at least 16 bytes: the same bytes give the same id. */
export function uuidv8(bytes: Uint8Array): string {
  const text = uuidOf(bytes.subarray(0, 16))
  return `${text.slice(0, 14)}8${text.slice(15, 19)}a${text.slice(20)}`
}

/**
 * A random base64url string.
 * @param bytes of randomness; 32 (256 bits) for anything that grants access
 */
export const randomToken = (bytes = 32): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
