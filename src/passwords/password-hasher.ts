/** The port of password hashing. */
export interface PasswordHasher {
  /** Argon2id, OWASP parameters, PHC string. */
  hash(password: string): Promise<string>
  /** Verifies against a PHC string; `undefined` (no such account, no password) costs the same and is false. */
  verify(password: string, phc: string | undefined): Promise<boolean>
  /** Whether a hash that just verified should be replaced by one with today's algorithm and costs. */
  needsRehash(phc: string): boolean
}
