/**
 * Password hashes that other systems made. A scheme recognises its own text form and checks what verifying would
 * cost BEFORE any work: a hash planted with huge costs would otherwise let one sign-in occupy an isolate. Nothing is
 * ever hashed anew with these; the next successful sign-in replaces them by our own.
 */
export interface ForeignScheme {
  readonly id: string
  /** What verifies a password, or undefined for another scheme's text and for costs out of bounds. */
  parse(stored: string): ForeignHash | undefined
}

export interface ForeignHash {
  /** In constant time. */
  verify(password: Uint8Array): Promise<boolean>
}

/** Compares in time that depends on the lengths alone. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] as number) ^ (right[index % (right.length || 1)] as number)
  }
  return difference === 0
}

/** Base64 in any of its alphabets, padded or not; undefined for anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('.', '+').replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) return undefined
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0))
}

/** Base64 as in PHC strings: the standard alphabet without padding. */
export const encodeBase64 = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
