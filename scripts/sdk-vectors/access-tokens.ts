/** The cases of `sdk/vectors/access-tokens.json`: one fault in each bad one. */
import { createPublicKey } from 'node:crypto'
import { base64url, hmacJws, type JsonPart, jws, type PrivateJwk, signature } from './jws.ts'
import { headerValue, newKey, publicHalf, readVectors, type Vector, type VectorFile } from './vector-file.ts'

const issuer = 'https://auth.example'
const audience = 'https://api.example/v1'
const now = 1_893_456_000
const tolerance = 30

const old = readVectors('access-tokens')
const keyOf = (name: string, alg: string, modulusLength?: number): PrivateJwk =>
  old?.keys[name] ?? newKey(alg, name, modulusLength)
const keys = {
  es256: keyOf('es256', 'ES256'),
  next: keyOf('next', 'ES256'),
  rs256: keyOf('rs256', 'RS256'),
  ps256: keyOf('ps256', 'PS256'),
  eddsa: keyOf('eddsa', 'EdDSA'),
  encryption: keyOf('encryption', 'ES256'),
  foreign: keyOf('foreign', 'ES256'),
}
const { es256, foreign } = keys
const published = (key: PrivateJwk, use = 'sig') => ({ ...publicHalf(key), kid: key.kid, alg: key.alg, use })
const issuer_jwks = {
  keys: [
    ...[es256, keys.next, keys.rs256, keys.ps256, keys.eddsa].map((key) => published(key)),
    { ...published(keys.encryption, 'enc') },
  ],
}

type Claims = Readonly<Record<string, unknown>>

const goodClaims: Claims = {
  ...{ iss: issuer, aud: audience, sub: 'user-1', client_id: 'app-1', jti: 'token-1' },
  ...{ iat: now, exp: now + 300, scope: 'orders:read orders:write' },
  ...{ acr: 'urn:authly:acr:2fa', auth_time: now - 60 },
}
const without = (...names: readonly string[]): Claims =>
  Object.fromEntries(Object.entries(goodClaims).filter(([name]) => !names.includes(name)))
const headerOf = (key: PrivateJwk) => ({ alg: key.alg, typ: 'at+jwt', kid: key.kid })

const signed = (claims: Claims = {}, header: object = {}, key = es256): string =>
  jws({ ...headerOf(key), ...header }, { ...goodClaims, ...claims }, key)
const signedRaw = (header: JsonPart, payload: JsonPart, key = es256): string => jws(header, payload, key)

const good = signed()
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

type Require = { scopes?: string[]; acr?: string[]; max_age?: number }

const cases: Vector[] = []
const add = (name: string, authorization: string | undefined, require: Require | undefined, expect: object) =>
  cases.push({
    name,
    input: {
      ...{ issuer, audience, clock_tolerance_seconds: tolerance, now },
      headers: authorization === undefined ? {} : { authorization: headerValue(authorization) },
      ...(require === undefined ? {} : { require }),
    },
    expect,
  })
const accept = (name: string, token: string, require?: Require, more: object = {}) =>
  add(name, `Bearer ${token}`, require, {
    ...{ sub: 'user-1', client_id: 'app-1', scopes: ['orders:read', 'orders:write'], ...more },
  })
const refuse = (name: string, token: string, require?: Require, error = 'invalid_token') =>
  add(name, `Bearer ${token}`, require, { error })

const spki = (key: PrivateJwk, format: 'pem' | 'der') =>
  createPublicKey({ key: publicHalf(key), format: 'jwk' }).export({ type: 'spki', format } as never) as
    | string
    | Buffer

// Good ones
accept('signed with ES256', good)
accept('signed with RS256', signed({}, {}, keys.rs256))
accept('signed with PS256', signed({}, {}, keys.ps256))
accept('signed with EdDSA', signed({}, {}, keys.eddsa))
accept('signed with the key that is published beside the current one', signed({}, {}, keys.next))
accept('typ with its prefix (RFC 7515 §4.1.9)', signed({}, { typ: 'application/at+jwt' }))
accept('typ in capitals', signed({}, { typ: 'AT+JWT' }))
accept('several audiences, this API is one', signed({ aud: ['https://other.example', audience] }))
accept('claims that nobody knows', signed({ 'https://app.example/plan': { name: 'gold' } }))
accept(
  'a token of a client by itself',
  signed({ sub: 'app-1', acr: undefined, auth_time: undefined }),
  {},
  { sub: 'app-1' },
)
accept('no scope, and none is needed', signed({ scope: undefined }), {}, { scopes: [] })
accept('all scopes that are needed', good, { scopes: ['orders:write', 'orders:read'] })
accept('one of the values of acr', good, { acr: ['urn:authly:acr:phr', 'urn:authly:acr:2fa'] })
accept('signed in just recently enough', signed({ auth_time: now - 300 }), { max_age: 300 })
accept('auth_time: the tolerance of clocks counts', signed({ auth_time: now - 330 }), { max_age: 300 })
accept('exp: the last second of the tolerance', signed({ exp: now - 29 }))
accept('exp with a fraction (RFC 7519 §2)', signed({ exp: now + 0.5 }))
accept('nbf: the last second of the tolerance', signed({ nbf: now + 30 }))
accept('iat: the last second of the tolerance', signed({ iat: now + 30 }))
add('the scheme in small letters (RFC 9110 §11.1)', `bearer ${good}`, undefined, {
  ...{ sub: 'user-1', client_id: 'app-1', scopes: ['orders:read', 'orders:write'] },
})

// How it is presented
const missing = { error: 'missing_token' }
add('no Authorization header', undefined, undefined, missing)
add('another scheme', 'Basic YXBwLTE6c2VjcmV0', undefined, missing)
add('no scheme', good, undefined, missing)
add('the scheme Bearer as a prefix of another one', `Bearers ${good}`, undefined, missing)
const malformed = { error: 'invalid_request' }
add('two tokens, as two headers arrive', `Bearer ${good}, Bearer ${good}`, undefined, malformed)
add('white space in the token', `Bearer ${goodHeader}. ${goodPayload}.${goodSignature}`, undefined, malformed)
add('something behind the token', `Bearer ${good} ${good}`, undefined, malformed)
add('the scheme DPoP, but the token is bound to no key (RFC 9449 §7.1)', `DPoP ${good}`, undefined, {
  error: 'invalid_token',
})

// Issuer and audience
refuse('another issuer', signed({ iss: 'https://auth.evil' }))
refuse(
  'another issuer, with its own key of the same kid',
  signed({ iss: 'https://auth.evil' }, { kid: 'es256' }, foreign),
)
refuse('our issuer, signed with the key of another one', signed({}, { kid: 'es256' }, foreign))
refuse('our issuer, key and kid of another one', signed({}, {}, foreign))
refuse('the issuer with a slash', signed({ iss: `${issuer}/` }))
refuse('the issuer in capitals', signed({ iss: 'HTTPS://AUTH.EXAMPLE' }))
refuse('the issuer with something behind it', signed({ iss: `${issuer}.evil` }))
refuse('the issuer in a list', signed({ iss: [issuer] }))
refuse('no issuer', signedRaw(headerOf(es256), without('iss')))
refuse('another audience', signed({ aud: 'https://other.example' }))
refuse('the audience is a prefix of ours', signed({ aud: 'https://api.example' }))
refuse('our audience is a prefix of it', signed({ aud: `${audience}/admin` }))
refuse('our audience and something behind it', signed({ aud: 'https://api.example/v1.evil.example' }))
refuse('the audience with a slash', signed({ aud: `${audience}/` }))
refuse('the audience in capitals', signed({ aud: 'https://API.example/v1' }))
refuse('the audience between spaces', signed({ aud: ` ${audience} ` }))
refuse('several audiences in one text', signed({ aud: `https://other.example ${audience}` }))
refuse(
  'several audiences, this API is none',
  signed({ aud: ['https://other.example', 'https://api.example'] }),
)
refuse('the audience in a list in a list', signed({ aud: [[audience]] }))
refuse('the audience as a member name', signed({ aud: { [audience]: true } }))
refuse('an empty list of audiences', signed({ aud: [] }))
refuse('no audience', signedRaw(headerOf(es256), without('aud')))
refuse('the audience is the issuer', signed({ aud: issuer }))
refuse(
  'the audience twice, the last is another one (RFC 7519 §4)',
  signedRaw(headerOf(es256), JSON.stringify(goodClaims).replace(/}$/, ',"aud":"https://other.example"}')),
)
refuse(
  'the issuer twice, the last is another one (RFC 7519 §4)',
  signedRaw(headerOf(es256), JSON.stringify(goodClaims).replace(/}$/, ',"iss":"https://auth.evil"}')),
)

// Time
refuse('expired', signed({ iat: now - 600, exp: now - 300 }))
refuse('exp: the tolerance is over', signed({ exp: now - 30 }))
refuse('no exp', signedRaw(headerOf(es256), without('exp')))
refuse('exp is a text', signed({ exp: String(now + 300) }))
refuse('exp is null', signed({ exp: null }))
refuse('exp is negative', signed({ exp: -(now + 300) }))
refuse('nbf: not valid yet', signed({ nbf: now + 31 }))
refuse('nbf is a text', signed({ nbf: String(now) }))
refuse('nbf is null', signed({ nbf: null }))
refuse('issued in the future', signed({ iat: now + 31 }))
refuse('no iat (RFC 9068 §2.2)', signedRaw(headerOf(es256), without('iat')))
refuse('iat is a text', signed({ iat: String(now) }))

// Algorithms and keys
const none = (alg: string) => `${base64url({ ...headerOf(es256), alg })}.${goodPayload}.`
refuse('alg none, without a signature (RFC 8725 §2.1)', none('none'))
refuse('alg nOnE', none('nOnE'))
refuse(
  'alg none, with the signature of a good token',
  `${base64url({ ...headerOf(es256), alg: 'none' })}.${goodPayload}.${goodSignature}`,
)
const confused = { alg: 'HS256', typ: 'at+jwt', kid: 'rs256' }
refuse('HS256 with the public key as PEM', hmacJws(confused, goodClaims, spki(keys.rs256, 'pem')))
refuse(
  'HS256 with the public key as PEM, without the last line feed',
  hmacJws(confused, goodClaims, String(spki(keys.rs256, 'pem')).trimEnd()),
)
refuse('HS256 with the public key as DER', hmacJws(confused, goodClaims, spki(keys.rs256, 'der')))
refuse(
  'HS256 with the public key as JWK',
  hmacJws(confused, goodClaims, JSON.stringify(published(keys.rs256))),
)
refuse(
  'HS256 with the modulus',
  hmacJws(confused, goodClaims, Buffer.from(String(keys.rs256.n), 'base64url')),
)
refuse('HS256 with an EC key', hmacJws({ ...confused, kid: 'es256' }, goodClaims, spki(es256, 'pem')))
refuse(
  'HS256 with an empty secret and a kid that names a file',
  hmacJws({ ...confused, kid: '../../../../../../dev/null' }, goodClaims, ''),
)
refuse(
  'PS256 with a key for RS256',
  jws({ ...headerOf(keys.rs256), alg: 'PS256' }, goodClaims, keys.rs256, 'PS256'),
)
refuse(
  'RS256 with a key for PS256',
  jws({ ...headerOf(keys.ps256), alg: 'RS256' }, goodClaims, keys.ps256, 'RS256'),
)
refuse(
  'RS512 with a key for RS256',
  jws({ ...headerOf(keys.rs256), alg: 'RS512' }, goodClaims, keys.rs256, 'RS512'),
)
refuse('the kid of a key of another kind', signed({}, { kid: 'rs256' }))
refuse('a key for encryption', signed({}, {}, keys.encryption))
refuse('no alg', signedRaw({ typ: 'at+jwt', kid: 'es256' }, goodClaims))
refuse('alg in small letters', signed({}, { alg: 'es256' }))
refuse('alg in a list', signed({}, { alg: ['ES256'] }))
refuse(
  'alg twice, the last is none',
  signedRaw('{"alg":"ES256","typ":"at+jwt","kid":"es256","alg":"none"}', goodClaims),
)
refuse(
  'a signature of zeros (CVE-2022-21449)',
  `${goodHeader}.${goodPayload}.${Buffer.alloc(64).toString('base64url')}`,
)
refuse(
  'a signature as ASN.1 (RFC 7518 §3.4)',
  `${goodHeader}.${goodPayload}.${derSignature(es256, `${goodHeader}.${goodPayload}`)}`,
)
refuse('no kid', signed({}, { kid: undefined }))
refuse('an unknown kid', signed({}, { kid: 'unknown' }))
refuse('an empty kid', signed({}, { kid: '' }))
refuse('a kid that is a list', signed({}, { kid: ['es256'] }))
refuse('a kid that is a number', signed({}, { kid: 0 }))
refuse('a kid that is null', signed({}, { kid: null }))
refuse('a kid that is an object', signed({}, { kid: { toString: 'es256' } }))
refuse('a kid that climbs through folders', signed({}, { kid: '../keys/es256' }))
refuse('a kid that is a query', signed({}, { kid: "es256' OR '1'='1" }))
refuse('a kid that is an address', signed({}, { kid: 'https://auth.evil/key' }, foreign))
refuse('a kid that every object of JavaScript has', signed({}, { kid: 'constructor' }))
refuse('the kid __proto__', signedRaw('{"alg":"ES256","typ":"at+jwt","kid":"__proto__"}', goodClaims))
refuse('a kid with a zero byte behind it', signed({}, { kid: 'es256\u0000' }))
refuse('a kid in capitals', signed({}, { kid: 'ES256' }))
refuse('the key in the header', signed({}, { kid: 'es256', jwk: publicHalf(foreign) }, foreign))
refuse(
  'the key in the header, without kid',
  signed({}, { kid: undefined, jwk: publicHalf(foreign) }, foreign),
)
refuse(
  'the address of keys in the header',
  signed({}, { kid: 'foreign', jku: 'https://auth.evil/jwks' }, foreign),
)
refuse(
  'the address of keys at the issuer in the header',
  signed({}, { kid: 'foreign', jku: `${issuer}/upload/jwks` }, foreign),
)
refuse(
  'the address of a certificate in the header',
  signed({}, { kid: 'foreign', x5u: 'https://auth.evil/certificate' }, foreign),
)
refuse(
  'a certificate in the header',
  signed({}, { kid: 'es256', x5c: [Buffer.from('no certificate').toString('base64')] }, foreign),
)
refuse(
  'an extension that must be understood (RFC 7515 §4.1.11)',
  signed({}, { crit: ['exp'], exp: now + 300 }),
)
refuse('crit with an empty list', signed({}, { crit: [] }))
refuse('a payload that is not encoded (RFC 7797)', signed({}, { crit: ['b64'], b64: false }))

// What it is
refuse('no typ', signed({}, { typ: undefined }))
refuse('typ JWT', signed({}, { typ: 'JWT' }))
refuse('typ at+jwt with a parameter', signed({}, { typ: 'at+jwt; charset=utf-8' }))
refuse(
  'typ of an ID token of another application',
  signed({ nonce: 'n', aud: [audience, 'app-1'], azp: 'app-1' }, { typ: 'JWT' }),
)
refuse(
  'a logout token',
  signed({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, { typ: 'logout+jwt' }),
)
refuse('a DPoP proof', signed({ htm: 'GET', htu: audience }, { typ: 'dpop+jwt' }))
refuse('typ is a list', signed({}, { typ: ['at+jwt'] }))

// Form
refuse('another payload', `${goodHeader}.${base64url({ ...goodClaims, sub: 'admin' })}.${goodSignature}`)
refuse('another header', `${base64url({ ...headerOf(es256), cty: 'json' })}.${goodPayload}.${goodSignature}`)
refuse(
  'the signature of another token',
  `${goodHeader}.${goodPayload}.${signed({ jti: 'token-2' }).split('.')[2]}`,
)
refuse(
  'half of the signature',
  `${goodHeader}.${goodPayload}.${Buffer.from(goodSignature, 'base64url').subarray(0, 32).toString('base64url')}`,
)
refuse(
  'the last byte of the signature is missing',
  `${goodHeader}.${goodPayload}.${Buffer.from(goodSignature, 'base64url').subarray(0, 63).toString('base64url')}`,
)
refuse('no signature', `${goodHeader}.${goodPayload}.`)
refuse('two parts', `${goodHeader}.${goodPayload}`)
refuse('one part', goodHeader)
refuse('four parts', `${good}.${goodSignature}`)
refuse('five parts, as a JWE has', `${good}.${goodSignature}.${goodSignature}`)
refuse('only points', '..')
refuse('with padding', `${goodHeader}.${goodPayload}.${goodSignature}==`)
refuse(
  'in another spelling of base64url: spare bits of the signature',
  `${goodHeader}.${goodPayload}.${otherSpelling(goodSignature)}`,
)
refuse(
  'with a character of base64 that is none of base64url',
  `${goodHeader}.${goodPayload}.+${goodSignature.slice(1)}`,
)
refuse('a header that is no JSON', signedRaw('alg=ES256', goodClaims))
refuse('a header that is a list', signedRaw([headerOf(es256)], goodClaims))
refuse('a header that is null', signedRaw('null', goodClaims))
refuse('a payload that is no JSON', signedRaw(headerOf(es256), 'sub=user-1'))
refuse('a payload that is a list', signedRaw(headerOf(es256), [goodClaims]))
refuse('a payload that is null', signedRaw(headerOf(es256), 'null'))
refuse('a payload that is a text', signedRaw(headerOf(es256), JSON.stringify(JSON.stringify(goodClaims))))
refuse(
  'an empty payload',
  `${goodHeader}..${signature('ES256', es256, `${goodHeader}.`).toString('base64url')}`,
)
refuse('a payload that is not UTF-8', signedRaw(headerOf(es256), notUtf8()))
refuse('a payload that is not closed', signedRaw(headerOf(es256), JSON.stringify(goodClaims).slice(0, -1)))
refuse('a token in a token', signedRaw({ ...headerOf(es256), cty: 'JWT' }, good))
refuse('longer than 16,384 characters', signed({ padding: 'x'.repeat(13_000) }))
refuse(
  'a header that is nested a thousand times',
  signedRaw(`{"alg":"ES256","typ":"at+jwt","kid":${'['.repeat(1000)}${']'.repeat(1000)}}`, goodClaims),
)

// Other claims
for (const name of ['sub', 'client_id', 'jti']) {
  refuse(`no ${name} (RFC 9068 §2.2)`, signedRaw(headerOf(es256), without(name)))
  refuse(`an empty ${name}`, signed({ [name]: '' }))
  refuse(`${name} is a number`, signed({ [name]: 1 }))
}
refuse('scope is a list', signed({ scope: ['orders:read'] }))
refuse('acr is a list', signed({ acr: ['urn:authly:acr:2fa'] }))
refuse('auth_time is a text', signed({ auth_time: String(now) }))
refuse('cnf is a text', signed({ cnf: 'key' }))
refuse('bound to a key in an unknown way (RFC 7800 §3.1)', signed({ cnf: { kid: 'es256' } }))
refuse('bound to a key by itself (RFC 7800 §3.2)', signed({ cnf: { jwk: publicHalf(foreign) } }))
refuse(
  'bound to a key, presented as a bearer token (RFC 9449 §7.2)',
  signed({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }),
)
refuse(
  'bound to a certificate that is not there (RFC 8705 §3)',
  signed({ cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } }),
)

// Scopes
const scopeNeeded = (name: string, scope: unknown, scopes: string[] = ['orders:read']) =>
  refuse(name, signed({ scope }), { scopes }, 'insufficient_scope')
scopeNeeded('no scope, and one is needed', undefined)
scopeNeeded('an empty scope', '')
scopeNeeded('the scope is part of another word', 'orders:readonly')
scopeNeeded('the scope is the end of another word', 'my-orders:read')
scopeNeeded('the scope in capitals', 'Orders:Read')
scopeNeeded('one of two scopes', 'orders:read', ['orders:read', 'orders:write'])
scopeNeeded('scopes between commas', 'orders:read,orders:write')
scopeNeeded('scopes between tabs', 'orders:write\torders:read')
scopeNeeded('a scope with a star', 'orders:*')

// Step-up
const stepUp = (name: string, claims: Claims, require: Require) =>
  refuse(name, signed(claims), require, 'insufficient_user_authentication')
stepUp('another acr (RFC 9470 §3)', {}, { acr: ['urn:authly:acr:phr'] })
stepUp('no acr', { acr: undefined }, { acr: ['urn:authly:acr:2fa'] })
stepUp('the acr is part of another one', { acr: 'urn:authly:acr:2fa-x' }, { acr: ['urn:authly:acr:2fa'] })
stepUp(
  'several acr in one text',
  { acr: 'urn:authly:acr:1fa urn:authly:acr:2fa' },
  { acr: ['urn:authly:acr:2fa'] },
)
stepUp('signed in too long ago', { auth_time: now - 331 }, { max_age: 300 })
stepUp('no auth_time', { auth_time: undefined }, { max_age: 300 })
stepUp('max_age 0', { auth_time: now - 31 }, { max_age: 0 })
stepUp('strong, but too long ago', { auth_time: now - 3600 }, { acr: ['urn:authly:acr:2fa'], max_age: 300 })

export const accessTokens: VectorFile = {
  name: 'access-tokens',
  description:
    'Which access tokens an API accepts (RFC 9068, RFC 6750, RFC 8725, RFC 9470). See README.md for the members of `input` and `expect`.',
  ...{ keys, issuer_jwks, cases },
}

function derSignature(key: PrivateJwk, input: string): string {
  const raw = signature('ES256', key, input)
  const integer = (bytes: Buffer) => {
    let from = 0
    while (from < bytes.length - 1 && bytes[from] === 0) from++
    const short = bytes.subarray(from)
    const value = (short[0] as number) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short
    return Buffer.concat([Buffer.from([2, value.length]), value])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body]).toString('base64url')
}

/** The same bytes for a lenient decoder. */
function otherSpelling(encoded: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return encoded.slice(0, -1) + alphabet[alphabet.indexOf(encoded.at(-1) as string) + 1]
}

function notUtf8(): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(goodClaims))
  bytes[bytes.indexOf('user-1')] = 0xff
  return bytes
}
