/** SHA-256 of high-entropy secrets, and constant-time comparison. */
import { base64url } from 'jose'

const encoder = new TextEncoder()

/** base64url(SHA-256(text)). Only for secrets with at least 128 bits of entropy: passwords use Argon2id. */
export async function sha256(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
}

/** Compares two strings in time that depends only on their lengths (prevents timing attacks). */
export function constantTimeEqual(left: string, right: string): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index % (right.length || 1))
  }
  return difference === 0
}
