/** All schemes of other systems whose hashes can be verified. A new one is a file and a line here. */
import { bcrypt } from './bcrypt.ts'
import { firebaseScrypt } from './firebase-scrypt.ts'
import type { ForeignHash, ForeignScheme } from './foreign-scheme.ts'
import { pbkdf2 } from './pbkdf2.ts'
import { scrypt } from './scrypt.ts'

export const foreignSchemes: readonly ForeignScheme[] = [bcrypt, scrypt, firebaseScrypt, pbkdf2]

/** A verifier for `stored`; undefined when no scheme recognises it or it would cost too much. */
export function parseForeignHash(stored: string): ForeignHash | undefined {
  for (const scheme of foreignSchemes) {
    const hash = scheme.parse(stored)
    if (hash) return hash
  }
  return undefined
}
