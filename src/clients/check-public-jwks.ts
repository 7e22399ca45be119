/** Which keys a client may register inline (`jwks`, RFC 7517): public, asymmetric and strong enough. */
import { secretJwkMembers } from '../keys/secret-jwk-members.ts'
import type { Fault } from '../kit/problem.ts'

const curves = new Map([
  ['EC', ['P-256', 'P-384', 'P-521']],
  ['OKP', ['Ed25519', 'X25519']],
])
const minRsaBits = 2048
/** A huge RSA key costs the server, not its owner, at every verification. */
const maxRsaBits = 8192

type Jwk = Readonly<Record<string, unknown>>

/** The faults of the key set, located below `#/jwks`. */
export function publicJwksFaults(jwks: { readonly keys: readonly Jwk[] }): readonly Fault[] {
  const kids = jwks.keys.map(({ kid }) => kid)
  return jwks.keys.flatMap((key, index) => {
    const pointer = `#/jwks/keys/${index}`
    const members = secretJwkMembers.filter((name) => Object.hasOwn(key, name))
    if (members.length > 0) {
      return members.map((name) => ({
        pointer: `${pointer}/${name}`,
        detail: 'is part of a private key: register the public half only, and replace this key',
      }))
    }
    const fault = keyFault(key)
    if (fault) return [{ pointer, detail: fault }]
    const isRepeated = key['kid'] !== undefined && kids.indexOf(key['kid']) !== index
    return isRepeated ? [{ pointer: `${pointer}/kid`, detail: 'is used by another key of the set' }] : []
  })
}

function keyFault(key: Jwk): string | undefined {
  const { kty, crv, use, kid, x5c } = key
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > 256))
    return 'kid must be text'
  if (use !== undefined && use !== 'sig' && use !== 'enc') return 'use must be sig or enc'
  if (x5c !== undefined && !isCertificateChain(x5c))
    return 'x5c must be certificates in base64, the first its own'
  if (kty === 'RSA') {
    const bits = typeof key['n'] === 'string' ? bitLength(key['n']) : 0
    if (typeof key['e'] !== 'string' || bits === 0) return 'must have n and e'
    return bits < minRsaBits || bits > maxRsaBits
      ? `must have ${minRsaBits} to ${maxRsaBits} bits`
      : undefined
  }
  const allowed = typeof kty === 'string' ? curves.get(kty) : undefined
  if (!allowed) return 'kty must be EC, RSA or OKP'
  if (typeof crv !== 'string' || !allowed.includes(crv)) return `crv must be one of ${allowed.join(', ')}`
  if (crv === 'X25519' && use !== 'enc') return 'use must be enc: with X25519 nothing can be signed'
  if (crv === 'Ed25519' && use === 'enc') return 'use must be sig: to Ed25519 nothing can be encrypted'
  const coordinates = kty === 'EC' ? ['x', 'y'] : ['x']
  const isWhole = coordinates.every((name) => isBase64Url(key[name]))
  return isWhole ? undefined : `must have ${coordinates.join(' and ')} in base64url`
}

/** RFC 7517 §4.7: not base64url. */
const isCertificateChain = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= 10 &&
  value.every((each) => typeof each === 'string' && /^[A-Za-z0-9+/]{100,10000}={0,2}$/.test(each))

const isBase64Url = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{40,}$/.test(value)

/** Bit length of a base64url number; 0 for anything else. */
function bitLength(text: string): number {
  if (!/^[\w-]+$/.test(text)) return 0
  const significant = text.replace(/^A+/, '')
  return Math.floor((significant.length * 6) / 8) * 8
}
