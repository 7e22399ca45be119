/**
 * The textual forms of other systems that differ from what is stored: Django, Werkzeug, Spring, OpenLDAP's
 * `{CRYPT}` and the blobs of ASP.NET Identity.
 */
import { decodeBase64, decodeHex } from './foreign-scheme.ts'
import { type Pbkdf2Digest, pbkdf2Digests, writePbkdf2 } from './pbkdf2.ts'
import { writeScrypt } from './scrypt.ts'

const encoder = new TextEncoder()

/** The form that is stored; `text` itself when it is of none of these systems. */
export function translateText(text: string): string {
  const inner = withoutPrefix(text)
  return readDjango(inner) ?? readWerkzeug(inner) ?? readSpring(text) ?? readAspNet(inner) ?? inner
}

/** `{bcrypt}$2a$…`, `{CRYPT}$6$…`, `argon2$argon2id$…`, `bcrypt$$2b$…`. */
const withoutPrefix = (text: string): string =>
  text
    .replace(/^\{(?:bcrypt|argon2(?:@SpringSecurity_v5_8)?|crypt)\}/i, '')
    .replace(/^(?:argon2|bcrypt\$)(?=\$)/, '')

/** `pbkdf2_sha256$600000$<salt as text>$<base64>`, `scrypt$16384$<salt as text>$8$1$<base64>`. */
function readDjango(text: string): string | undefined {
  const pbkdf2 = /^pbkdf2_(sha1|sha256)\$(\d{1,10})\$([^$]+)\$([^$]+)$/.exec(text)
  if (pbkdf2) {
    const [, digest, iterations, salt, hash] = pbkdf2
    return ofPbkdf2(digest, Number(iterations), encoder.encode(salt), decodeBase64(hash ?? ''))
  }
  const scrypt = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/.exec(text)
  if (!scrypt) return undefined
  const [, n, salt, r, p, hash] = scrypt
  return ofScrypt([n, r, p], encoder.encode(salt), decodeBase64(hash ?? ''))
}

/** `scrypt:32768:8:1$<salt as text>$<hex>`, `pbkdf2:sha256:600000$<salt as text>$<hex>`. */
function readWerkzeug(text: string): string | undefined {
  const match =
    /^(?:scrypt:(\d+):(\d+):(\d+)|pbkdf2:(sha1|sha256|sha512):(\d{1,10}))\$([^$]+)\$([^$]+)$/.exec(text)
  if (!match) return undefined
  const [, n, r, p, digest, iterations, salt, hex = ''] = match
  const saltBytes = encoder.encode(salt)
  return digest
    ? ofPbkdf2(digest, Number(iterations), saltBytes, decodeHex(hex))
    : ofScrypt([n, r, p], saltBytes, decodeHex(hex))
}

/** Spring Security's defaults, which the hash does not name: salt and key, in hexadecimal digits. */
const springPbkdf2 = {
  pbkdf2: { digest: 'sha1', saltBytes: 8, iterations: 185_000 },
  'pbkdf2@SpringSecurity_v5_8': { digest: 'sha256', saltBytes: 16, iterations: 310_000 },
} as const

function readSpring(text: string): string | undefined {
  const [, id = '', value = ''] = /^\{([^{}]+)\}(.*)$/.exec(text) ?? []
  if (id === 'pbkdf2' || id === 'pbkdf2@SpringSecurity_v5_8') {
    const { digest, saltBytes, iterations } = springPbkdf2[id]
    const bytes = decodeHex(value)
    if (bytes?.length !== saltBytes + 32) return undefined
    return ofPbkdf2(digest, iterations, bytes.subarray(0, saltBytes), bytes.subarray(saltBytes))
  }
  // `$e0801$<salt>$<hash>`: log2(N), r and p are one hexadecimal number.
  const scrypt = /^\$([0-9a-f]{5,6})\$([^$]+)\$([^$]+)$/.exec(value)
  if (!scrypt || (id !== 'scrypt' && id !== 'scrypt@SpringSecurity_v5_8')) return undefined
  const cost = Number.parseInt(scrypt[1] as string, 16)
  const [salt, hash] = [decodeBase64(scrypt[2] as string), decodeBase64(scrypt[3] as string)]
  if (!salt || !hash) return undefined
  return writeScrypt({ ln: cost >> 16, r: (cost >> 8) & 255, p: cost & 255 }, salt, hash)
}

/**
 * ASP.NET Identity, base64: 0, salt (16), key (32) with 1,000 iterations of SHA-1 (v2); or 1 and, big-endian, the
 * digest, the iterations and the length of the salt, then salt and key (v3).
 */
function readAspNet(text: string): string | undefined {
  const bytes = /^A[A-Za-z0-9+/]{59,300}={0,2}$/.test(text) ? decodeBase64(text) : undefined
  if (bytes?.[0] === 0 && bytes.length === 49) {
    return ofPbkdf2('sha1', 1000, bytes.subarray(1, 17), bytes.subarray(17))
  }
  if (bytes?.[0] !== 1 || bytes.length < 45) return undefined
  const view = new DataView(bytes.buffer)
  const [digest, iterations, saltLength] = [1, 5, 9].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
  ]
  const key = 13 + saltLength
  if (saltLength < 8 || key + 16 > bytes.length) return undefined
  return ofPbkdf2(pbkdf2Digests[digest], iterations, bytes.subarray(13, key), bytes.subarray(key))
}

function ofPbkdf2(
  digest: string | undefined,
  iterations: number,
  salt: Uint8Array,
  hash: Uint8Array | undefined,
): string | undefined {
  if (!digest || !hash) return undefined
  return writePbkdf2({ digest: digest as Pbkdf2Digest, iterations, salt, hash })
}

function ofScrypt(
  [n, r, p]: readonly (string | undefined)[],
  salt: Uint8Array,
  hash: Uint8Array | undefined,
): string | undefined {
  const ln = Math.log2(Number(n))
  if (!hash || !Number.isInteger(ln)) return undefined
  return writeScrypt({ ln, r: Number(r), p: Number(p) }, salt, hash)
}
