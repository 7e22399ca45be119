/**
 * Password hashes made by other systems. A scheme recognises its own format and checks the cost of verifying
 * BEFORE any work: a planted hash with huge costs would otherwise let one sign-in occupy an isolate. New hashes
 * never use these schemes; the next successful sign-in replaces them by our own.
 */
import { fromBase64, toBase64 } from '../../kit/base64.ts'

export interface ForeignScheme {
  readonly id: string
  /** Returns a verifier; `too dear` for costs out of bounds; undefined for the format of another scheme. */
  parse(stored: string): ForeignHash | 'too dear' | undefined
}

export interface ForeignHash {
  /** Verifying it twice would take longer than a refusal does (`slowestVerificationMs`). */
  readonly isDear?: boolean
  /** Compares in constant time. */
  verify(password: Uint8Array): Promise<boolean>
}

/**
 * Where each round reads the password again, a long one would multiply the work that the bound on rounds allows.
 * Longer ones need a reset.
 */
export const maxPasswordBytes = 128

/** Compares in time that depends only on the lengths. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] as number) ^ (right[index % (right.length || 1)] as number)
  }
  return difference === 0
}

/** Longer than any hash or salt. */
const maxBase64Length = 4096

/** Decodes base64 or base64url, padded or not; undefined for anything else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > maxBase64Length) return undefined
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('.', '+').replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) return undefined
  return fromBase64(standard)
}

/** Base64 as in PHC strings: the standard alphabet without padding. */
export const encodeBase64 = (bytes: Uint8Array): string => toBase64(bytes).replace(/=+$/, '')

/** Undefined for anything but pairs of hexadecimal digits. */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return undefined
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
