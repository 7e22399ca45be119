/** SHA-256 over bytes and texts, encoded as everywhere in the evidence: base64url without padding. */
import { encodeBase64Url } from '../../kit/base64url.ts'

const encoder = new TextEncoder()

export const utf8 = (text: string) => encoder.encode(text) as Uint8Array<ArrayBuffer>

export async function sha256Bytes(...parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined))
}

/** base64url(SHA-256(text as UTF-8)). */
export const digestOf = async (text: string): Promise<string> =>
  encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))

// The last of 43 characters carries four bits: any other spelling would be a second encoding of the same hash.
const hashPattern = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/** Whether `value` is a well-formed hash. */
export const isHash = (value: unknown): value is string =>
  typeof value === 'string' && hashPattern.test(value)
