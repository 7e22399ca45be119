/** All schemes of other systems whose hashes can be verified. A new one is a file and a line here. */
import { bcrypt } from './bcrypt.ts'
import { bcryptOfDigest } from './bcrypt-of-digest.ts'
import { firebaseScrypt } from './firebase-scrypt.ts'
import type { ForeignHash, ForeignScheme } from './foreign-scheme.ts'
import { pbkdf2 } from './pbkdf2.ts'
import { phpass } from './phpass.ts'
import { saltedSha } from './salted-sha.ts'
import { scrypt } from './scrypt.ts'
import { shaCrypt } from './sha-crypt.ts'

export const foreignSchemes: readonly ForeignScheme[] = [
  bcrypt,
  bcryptOfDigest,
  scrypt,
  firebaseScrypt,
  pbkdf2,
  phpass,
  shaCrypt,
  saltedSha,
]

/** A verifier for `stored`; `too dear` for costs out of bounds; undefined when no scheme recognises it. */
export function parseForeignHash(stored: string): ForeignHash | 'too dear' | undefined {
  for (const scheme of foreignSchemes) {
    const hash = scheme.parse(stored)
    if (hash) return hash
  }
  return undefined
}
