/**
 * Converts the password formats of other systems into the one string that is stored (docs/import.md lists them
 * with examples). What could not be verified later is refused now, where the administrator can see it.
 */
import { parsePhc } from '../phc-string.ts'
import { writeFirebaseScrypt } from './firebase-scrypt.ts'
import { decodeBase64 } from './foreign-scheme.ts'
import { parseForeignHash } from './index.ts'
import { type Pbkdf2Digest, pbkdf2Digests, writePbkdf2 } from './pbkdf2.ts'
import { writeScrypt } from './scrypt.ts'

/**
 * @param given a string in one of the known formats, or an object as the other system exports it (in CSV: its
 *   JSON)
 * @returns what to store; undefined when the format is unknown, broken, or costs more than a sign-in may
 */
export function readImportedHash(given: unknown): string | undefined {
  if (typeof given === 'string' && !given.startsWith('{')) return readText(given)
  const object = parseObject(given)
  return object && (readKeycloak(object) ?? readPlain(object))
}

function readText(text: string): string | undefined {
  if (parsePhc(text) || parseForeignHash(text)) return text
  return readDjango(text)
}

/** `pbkdf2_sha256$600000$<salt as text>$<base64>`, `argon2$argon2id$…`, `bcrypt$$2b$…`. */
function readDjango(text: string): string | undefined {
  const inner = /^(?:argon2|bcrypt\$)(\$.*)$/.exec(text)?.[1]
  if (inner !== undefined) return parsePhc(inner) || parseForeignHash(inner) ? inner : undefined
  const [algorithm, iterations, salt, encoded, ...rest] = text.split('$')
  const digest = /^pbkdf2_(sha1|sha256)$/.exec(algorithm ?? '')?.[1]
  const hash = decodeBase64(encoded ?? '')
  if (!digest || !salt || !hash || rest.length > 0) return undefined
  return writePbkdf2({
    ...{ digest: digest as Pbkdf2Digest, iterations: Number(iterations), hash },
    salt: new TextEncoder().encode(salt),
  })
}

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
  return undefined
}

function parseObject(text: unknown): Record<string, unknown> | undefined {
  if (typeof text === 'object' && text !== null) return text as Record<string, unknown>
  if (typeof text !== 'string') return undefined
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
  if (algorithm === 'bcrypt' || algorithm === 'argon2')
    return typeof hash === 'string' ? readText(hash) : undefined
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
