/** The port of password hashing. */
export interface PasswordHasher {
  /** Argon2id, OWASP parameters, PHC string. */
  hash(password: string): Promise<string>
  /** Verifies against a PHC string. `undefined` (no such user, no password) takes as long and returns false. */
  verify(password: string, phc: string | undefined): Promise<boolean>
  /** Whether a verified hash should be replaced by one with the current algorithm and costs. */
  needsRehash(phc: string): boolean
}
