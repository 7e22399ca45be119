/**
 * OpenLDAP's `{SSHA}`, `{SSHA256}` and `{SSHA512}`: one salted SHA. Guessing such a password costs next to nothing,
 * so the first sign-in matters here more than elsewhere.
 */
import { bytesEqual, concatBytes, decodeBase64, type ForeignScheme } from './foreign-scheme.ts'

const schemes: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '': { name: 'SHA-1', bytes: 20 },
  '256': { name: 'SHA-256', bytes: 32 },
  '512': { name: 'SHA-512', bytes: 64 },
}

const form = /^\{SSHA(256|512)?\}([A-Za-z0-9+/]{30,130}={0,2})$/i

export const saltedSha: ForeignScheme = {
  id: 'salted-sha',
  parse(stored) {
    const match = form.exec(stored)
    const digest = schemes[match?.[1] ?? '']
    const bytes = match && decodeBase64(match[2] as string)
    if (!bytes || !digest || bytes.length <= digest.bytes) return undefined
    const [hash, salt] = [bytes.subarray(0, digest.bytes), bytes.subarray(digest.bytes)]
    return {
      async verify(password) {
        const made = await crypto.subtle.digest(digest.name, concatBytes(password, salt))
        return bytesEqual(new Uint8Array(made), hash)
      },
    }
  },
}
