/**
 * bcrypt of a digest of the password, which those systems take because bcrypt reads only 72 bytes:
 *
 * - WordPress 6.8: `$wp$2y$10$…` of HMAC-SHA-384 in base64; blanks around the password are not hashed
 * - Django: `bcrypt_sha256$$2b$12$…` of SHA-256 in hexadecimal digits
 * - Passlib: `$bcrypt-sha256$v=2,t=2b,r=12$<salt>$<hash>` of HMAC-SHA-256 with the salt as key, in base64;
 *   `$bcrypt-sha256$2b,12$<salt>$<hash>`, its older form, of SHA-256 in base64
 */
import { toBase64 } from '../../kit/base64.ts'
import { compareBcrypt, costOfBcrypt } from './bcrypt.ts'
import { encodeBase64, type ForeignScheme } from './foreign-scheme.ts'

type Digest = (password: Uint8Array) => Promise<string>

const encoder = new TextEncoder()

async function hmac(hash: string, key: string, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash }
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message))
}

const sha256 = async (message: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(message)))

/** PHP's `trim`. */
const trimmed = (password: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    encoder.encode(new TextDecoder().decode(password).replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '')),
  )

const digests = {
  wordpress: async (password) => encodeBase64(await hmac('SHA-384', 'wp-sha384', trimmed(password))),
  django: async (password) =>
    [...(await sha256(password))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  passlib1: async (password) => toBase64(await sha256(password)),
} as const satisfies Record<string, Digest>

const passlib2 =
  (salt: string): Digest =>
  async (password) =>
    toBase64(await hmac('SHA-256', salt, new Uint8Array(password)))

const passlibForm =
  /^\$bcrypt-sha256\$(?:(v=2),t=(2[aby]),r=(\d{1,2})|(2[aby]),(\d{1,2}))\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/

function read(stored: string): { readonly inner: string; readonly digest: Digest } | undefined {
  if (stored.startsWith('$wp$')) return { inner: stored.slice('$wp'.length), digest: digests.wordpress }
  const django = 'bcrypt_sha256$'
  if (stored.startsWith(django)) return { inner: stored.slice(django.length), digest: digests.django }
  const match = passlibForm.exec(stored)
  if (!match) return undefined
  const [, version, type2, cost2, type1, cost1, salt = '', hash = ''] = match
  const cost = (cost2 ?? cost1 ?? '').padStart(2, '0')
  return {
    inner: `$${type2 ?? type1}$${cost}$${salt}${hash}`,
    digest: version ? passlib2(salt) : digests.passlib1,
  }
}

export const bcryptOfDigest: ForeignScheme = {
  id: 'bcrypt-of-digest',
  parse(stored) {
    const found = read(stored)
    const cost = found && costOfBcrypt(found.inner)
    if (!found || !cost) return undefined
    if (cost === 'too dear') return cost
    return { verify: async (password) => compareBcrypt(await found.digest(password), found.inner) }
  },
}
