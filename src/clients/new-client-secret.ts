/** Secrets of clients: 256 random bits with a prefix that secret scanners know; only the SHA-256 is stored. */
import { sha256 } from '../kit/hash.ts'
import { randomToken, uuidv7 } from '../kit/ids.ts'
import type { StoredSecret } from './registrations.ts'

/** A new secret, which is shown once, and what is stored of it. */
export async function newClientSecret(
  now: number,
): Promise<{ readonly secret: string; readonly stored: StoredSecret }> {
  const secret = `authly_cs_${randomToken(32)}`
  return { secret, stored: { id: uuidv7(now), secret_hash: await sha256(secret) } }
}
