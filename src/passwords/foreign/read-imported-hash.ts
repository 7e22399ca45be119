/**
 * Converts the password formats of other systems into the one string that is stored (docs/import.md lists them
 * with examples). What could not be verified later is refused now, where the administrator can see it.
 */
import { err, ok, type Result } from '../../kit/result.ts'
import { isTooDear, parsePhc } from '../phc-string.ts'
import { writeFirebaseScrypt } from './firebase-scrypt.ts'
import { decodeBase64, encodeBase64 } from './foreign-scheme.ts'
import type { HashRefusal } from './hash-refusal.ts'
import { parseForeignHash } from './index.ts'
import { type Pbkdf2Digest, pbkdf2Digests, writePbkdf2 } from './pbkdf2.ts'
import { translateText } from './read-text-hash.ts'
import { writeScrypt } from './scrypt.ts'

/** Longer than any form above; bounds the work of recognising. */
const maxLength = 4096

/**
 * @param given a string in one of the known formats, or an object as the other system exports it (in CSV: its
 *   JSON)
 * @returns what to store, or why it is refused
 */
export function readImportedHash(given: unknown): Result<string, HashRefusal> {
  if (typeof given === 'string') {
    if (given.length > maxLength) return err('unknown')
    if (given !== given.trim()) return err('blanks')
    if (isUnusable(given)) return err('unusable')
  }
  const object = parseObject(given)
  const text = object ? (readKeycloak(object) ?? readPlain(object)) : given
  return typeof text === 'string' ? readText(text) : err('unknown')
}

function readText(given: string): Result<string, HashRefusal> {
  const text = translateText(given)
  if (parsePhc(text)) return ok(text)
  const foreign = parseForeignHash(text)
  if (foreign === 'too dear' || isTooDear(text)) return err('tooDear')
  return foreign ? ok(text) : err('unknown')
}

/** Django writes `!` and random characters; /etc/shadow and LDAP write `!`, `!!`, `*`, also in front of a hash. */
const isUnusable = (text: string): boolean => /^(?:\{CRYPT\})?(?:!|\*)/i.test(text)

/** A Keycloak credential: an object with two members that are JSON texts. */
function readKeycloak(given: Record<string, unknown>): string | undefined {
  const secret = parseObject(given['secretData'])
  const credential = parseObject(given['credentialData'])
  if (!secret || !credential) return undefined
  const algorithm = String(credential['algorithm'])
  const hash = decodeBase64(String(secret['value']))
  const salt = decodeBase64(String(secret['salt']))
  if (!hash || !salt) return undefined
  const digest = /^pbkdf2-?(sha1|sha256|sha512)?$/.exec(algorithm)
  if (digest) {
    const iterations = Number(credential['hashIterations'])
    return writePbkdf2({ digest: (digest[1] ?? 'sha1') as Pbkdf2Digest, iterations, salt, hash })
  }
  return algorithm === 'argon2' ? readKeycloakArgon2(credential, salt, hash) : undefined
}

/** `{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"memory":["7168"],"type":["id"],…}}`. */
function readKeycloakArgon2(
  credential: Record<string, unknown>,
  salt: Uint8Array,
  hash: Uint8Array,
): string | undefined {
  const parameters = parseObject(credential['additionalParameters']) ?? {}
  const first = (name: string): string => String([parameters[name]].flat()[0])
  if (first('version') !== '1.3') return undefined
  const cost = `m=${first('memory')},t=${Number(credential['hashIterations'])},p=${first('parallelism')}`
  return `$argon2${first('type')}$v=19$${cost}$${encodeBase64(salt)}$${encodeBase64(hash)}`
}

function parseObject(text: unknown): Record<string, unknown> | undefined {
  if (typeof text === 'object' && text !== null) return text as Record<string, unknown>
  if (typeof text !== 'string' || !/^\{\s*"/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** `{"algorithm":"pbkdf2-sha256","hash":"…","salt":"…","iterations":600000}`; hash and salt in base64. */
function readPlain(given: Record<string, unknown>): string | undefined {
  const { algorithm, hash, salt, iterations, n, r, p } = given
  if (algorithm === 'bcrypt' || algorithm === 'argon2') return typeof hash === 'string' ? hash : undefined
  if (algorithm === 'firebase-scrypt') return readFirebase(given)
  const bytes = typeof hash === 'string' ? decodeBase64(hash) : undefined
  const saltBytes = typeof salt === 'string' ? decodeBase64(salt) : undefined
  if (!bytes || !saltBytes) return undefined
  if (algorithm === 'scrypt') {
    const ln = Math.log2(Number(n))
    return Number.isInteger(ln)
      ? writeScrypt({ ln, r: Number(r), p: Number(p) }, saltBytes, bytes)
      : undefined
  }
  const digest = pbkdf2Digests.find((each) => algorithm === `pbkdf2-${each}`)
  return digest && writePbkdf2({ digest, iterations: Number(iterations), salt: saltBytes, hash: bytes })
}

/** `hash` and `salt` of the exported user, and the project's "password hash parameters". */
function readFirebase(given: Record<string, unknown>): string | undefined {
  const { hash, salt, signer_key, salt_separator, rounds, mem_cost } = given
  const texts = [hash, salt, signer_key, salt_separator]
  if (!texts.every((text) => typeof text === 'string')) return undefined
  return writeFirebaseScrypt({
    ...{ hash: String(hash), salt: String(salt), signer_key: String(signer_key) },
    ...{ salt_separator: String(salt_separator), rounds: Number(rounds), mem_cost: Number(mem_cost) },
  })
}
