/**
 * Password hashes made by other systems. A scheme recognises its own format and checks the cost of verifying
 * BEFORE any work: a planted hash with huge costs would otherwise let one sign-in occupy an isolate. New hashes
 * never use these schemes; the next successful sign-in replaces them by our own.
 */
export interface ForeignScheme {
  readonly id: string
  /** Returns a verifier; undefined for the format of another scheme and for costs out of bounds. */
  parse(stored: string): ForeignHash | undefined
}

export interface ForeignHash {
  /** Compares in constant time. */
  verify(password: Uint8Array): Promise<boolean>
}

/** Compares in time that depends only on the lengths. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] as number) ^ (right[index % (right.length || 1)] as number)
  }
  return difference === 0
}

/** Decodes base64 or base64url, padded or not; undefined for anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('.', '+').replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) return undefined
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0))
}

/** Base64 as in PHC strings: the standard alphabet without padding. */
export const encodeBase64 = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
