/**
 * PBKDF2 (RFC 8018 §5.2): Keycloak, Django, ASP.NET, Passlib. Uses node:crypto, because WebCrypto on Workers
 * refuses more than 100,000 iterations, and all current systems use more.
 */
import { pbkdf2 as derive } from 'node:crypto'
import { bytesEqual, decodeBase64, encodeBase64, type ForeignScheme } from './foreign-scheme.ts'

export const pbkdf2Digests = ['sha1', 'sha256', 'sha512'] as const
export type Pbkdf2Digest = (typeof pbkdf2Digests)[number]

const outputBytes: Readonly<Record<Pbkdf2Digest, number>> = { sha1: 20, sha256: 32, sha512: 64 }
/** Maximum compressions (iterations × blocks): about 0.4 s of native code. Above OWASP's 1,300,000 for SHA-1. */
const maxRounds: Readonly<Record<Pbkdf2Digest, number>> = {
  sha1: 1_500_000,
  sha256: 1_300_000,
  sha512: 700_000,
}

export interface Pbkdf2Hash {
  readonly digest: Pbkdf2Digest
  readonly iterations: number
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** `$pbkdf2-sha256$i=600000$<salt>$<hash>`; undefined when verifying it would cost too much. */
export function writePbkdf2({ digest, iterations, salt, hash }: Pbkdf2Hash): string | undefined {
  const stored = `$pbkdf2-${digest}$i=${iterations}$${encodeBase64(salt)}$${encodeBase64(hash)}`
  return pbkdf2.parse(stored) && stored
}

/** Passlib omits `i=` and writes `.` for `+`. */
const phc =
  /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?([1-9]\d{0,6})\$([A-Za-z0-9+/.]{1,172})\$([A-Za-z0-9+/.]{22,88})$/

export const pbkdf2: ForeignScheme = {
  id: 'pbkdf2',
  parse(stored) {
    const match = phc.exec(stored)
    if (!match) return undefined
    const digest = (match[1] ?? 'sha1') as Pbkdf2Digest
    const iterations = Number(match[2])
    const salt = decodeBase64(match[3] as string)
    const hash = decodeBase64(match[4] as string)
    if (!salt || !hash || hash.length < 16) return undefined
    if (iterations * Math.ceil(hash.length / outputBytes[digest]) > maxRounds[digest]) return undefined
    return {
      verify: (password) =>
        new Promise((resolve, reject) => {
          derive(password, salt, iterations, hash.length, digest, (error, derived) => {
            if (error) reject(error)
            else resolve(bytesEqual(new Uint8Array(derived), hash))
          })
        }),
    }
  },
}
