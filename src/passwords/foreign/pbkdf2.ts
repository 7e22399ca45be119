/**
 * PBKDF2 (RFC 8018 §5.2): Keycloak, Django, ASP.NET, Passlib. Workers refuse more than 100,000 iterations in
 * production, of WebCrypto and node:crypto alike (though not locally), and most current systems use more: those are
 * computed in JavaScript.
 */
import { bytesEqual, decodeBase64, encodeBase64, type ForeignScheme } from './foreign-scheme.ts'

export const pbkdf2Digests = ['sha1', 'sha256', 'sha512'] as const
export type Pbkdf2Digest = (typeof pbkdf2Digests)[number]

const outputBytes: Readonly<Record<Pbkdf2Digest, number>> = { sha1: 20, sha256: 32, sha512: 64 }
const webCryptoNames = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const
/** What Workers allow WebCrypto in production. */
const maxNativeIterations = 100_000
/** About 1.5 seconds of CPU in workerd. OWASP's numbers for SHA-256 (600,000) and SHA-512 (210,000) fit. */
export const maxPbkdf2Iterations: Readonly<Record<Pbkdf2Digest, number>> = {
  sha1: 700_000,
  sha256: 600_000,
  sha512: 350_000,
}

export interface Pbkdf2Hash {
  readonly digest: Pbkdf2Digest
  readonly iterations: number
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** The stored form: `$pbkdf2-sha256$i=600000$<salt>$<hash>`. */
export const writePbkdf2 = ({ digest, iterations, salt, hash }: Pbkdf2Hash): string =>
  `$pbkdf2-${digest}$i=${iterations}$${encodeBase64(salt)}$${encodeBase64(hash)}`

/** Passlib omits `i=` and writes `.` for `+`. */
const phc =
  /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?([1-9]\d{0,9})\$([A-Za-z0-9+/.]{1,172})\$([A-Za-z0-9+/.]{22,88})$/

export const pbkdf2: ForeignScheme = {
  id: 'pbkdf2',
  parse(stored) {
    const match = phc.exec(stored)
    if (!match) return undefined
    const digest = (match[1] ?? 'sha1') as Pbkdf2Digest
    const iterations = Number(match[2])
    const salt = decodeBase64(match[3] as string)
    const key = decodeBase64(match[4] as string)
    if (!salt || !key || key.length < 16) return undefined
    if (iterations > maxPbkdf2Iterations[digest]) return 'too dear'
    // Keys of several blocks (Keycloak's 64 bytes of SHA-256): each block costs all iterations, and the first one
    // tells passwords apart.
    const hash = key.subarray(0, outputBytes[digest])
    const isDear = iterations > maxNativeIterations
    const derive = isDear ? deriveInJavaScript : deriveNatively
    return {
      isDear,
      verify: async (password) => {
        const derived = await derive(new Uint8Array(password), { digest, iterations, salt })
        return bytesEqual(derived.subarray(0, hash.length), hash)
      },
    }
  },
}

interface Derivation {
  readonly digest: Pbkdf2Digest
  readonly iterations: number
  readonly salt: Uint8Array<ArrayBuffer>
}

async function deriveNatively(
  password: Uint8Array<ArrayBuffer>,
  { digest, iterations, salt }: Derivation,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const algorithm = { name: 'PBKDF2', hash: webCryptoNames[digest], salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * outputBytes[digest]))
}

/** The library's own asynchronous form yields by the clock, which Workers stop during CPU work. */
async function deriveInJavaScript(
  password: Uint8Array,
  { digest, iterations, salt }: Derivation,
): Promise<Uint8Array> {
  const [{ pbkdf2 }, { sha256, sha512 }, { sha1 }] = await Promise.all([
    import('@noble/hashes/pbkdf2.js'),
    import('@noble/hashes/sha2.js'),
    import('@noble/hashes/legacy.js'),
  ])
  const hash = { sha1, sha256, sha512 }[digest]
  return pbkdf2(hash, password, salt, { c: iterations, dkLen: outputBytes[digest] })
}
