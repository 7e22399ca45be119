/** The cases of `sdk/vectors/dpop.json`: one fault in each bad one. */
import { createHash, createPublicKey } from 'node:crypto'
import { base64url, hmacJws, type JsonPart, jws, type PrivateJwk } from './jws.ts'
import { headerValue, newKey, publicHalf, readVectors, type Vector, type VectorFile } from './vector-file.ts'

const issuer = 'https://auth.example'
const audience = 'https://api.example/v1'
const url = 'https://api.example/v1/orders'
const now = 1_893_456_000
const tolerance = 30

const old = readVectors('dpop')
const keyOf = (name: string, alg: string, modulusLength?: number): PrivateJwk =>
  old?.keys[name] ?? newKey(alg, name, modulusLength)
const keys = {
  issuer: keyOf('issuer', 'ES256'),
  es256: keyOf('es256', 'ES256'),
  es384: keyOf('es384', 'ES384'),
  rs256: keyOf('rs256', 'RS256'),
  ps256: keyOf('ps256', 'PS256'),
  eddsa: keyOf('eddsa', 'EdDSA'),
  ed25519: keyOf('ed25519', 'Ed25519'),
  thief: keyOf('thief', 'ES256'),
  short_rsa: keyOf('short_rsa', 'RS256', 1024),
}
const { es256, thief } = keys
const issuer_jwks = {
  keys: [{ ...publicHalf(keys.issuer), kid: keys.issuer.kid, alg: keys.issuer.alg, use: 'sig' }],
}

/** RFC 7638 §3.2: these members, in this order. */
function thumbprint(key: PrivateJwk): string {
  const { kty, crv, x, y, n, e } = publicHalf(key)
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }
  return sha256(JSON.stringify(members))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** ECDSA signs differently each time: a proof is for one of the signatures. */
const signed = new Map<string, string>()
function tokenFor(cnf: object | undefined): string {
  const name = JSON.stringify(cnf) ?? ''
  const token = signed.get(name) ?? signToken(cnf)
  signed.set(name, token)
  return token
}

const signToken = (cnf: object | undefined): string =>
  jws(
    { alg: 'ES256', typ: 'at+jwt', kid: keys.issuer.kid },
    {
      ...{ iss: issuer, aud: audience, sub: 'user-1', client_id: 'app-1', jti: 'token-1' },
      ...{ iat: now, exp: now + 300, scope: 'orders:read', cnf },
    },
    keys.issuer,
  )
const boundTo = (key: PrivateJwk): string => tokenFor({ jkt: thumbprint(key) })
const token = boundTo(es256)

type Claims = Readonly<Record<string, unknown>>
const claimsFor = (key: PrivateJwk): Claims => ({
  ...{ jti: 'proof-1', htm: 'GET', htu: url, iat: now, ath: sha256(boundTo(key)) },
})
const headerFor = (key: PrivateJwk) => ({ alg: key.alg, typ: 'dpop+jwt', jwk: publicHalf(key) })
const proof = (claims: Claims = {}, header: object = {}, key = es256): string =>
  jws({ ...headerFor(key), ...header }, { ...claimsFor(key), ...claims }, key)
const rawProof = (header: JsonPart, payload: JsonPart, key = es256): string => jws(header, payload, key)
const without = (name: string): Claims =>
  Object.fromEntries(Object.entries(claimsFor(es256)).filter(([each]) => each !== name))
const good = proof()
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

interface Sent {
  readonly authorization?: string
  readonly dpop?: string
  readonly method?: string
  readonly url?: string
}

const request = ({ authorization = `DPoP ${token}`, dpop, method = 'GET', url: sentTo = url }: Sent) => ({
  ...{ method, url: sentTo },
  headers: {
    authorization: headerValue(authorization),
    ...(dpop === undefined ? {} : { dpop: headerValue(dpop) }),
  },
})

interface Circumstances {
  /** Accepted a moment before, by the same verifier. */
  readonly before?: readonly Sent[]
  readonly nonces?: readonly string[]
  readonly dpop?: 'required'
}

const cases: Vector[] = []
const add = (
  name: string,
  sent: Sent,
  expect: object,
  { before, nonces, dpop: demand }: Circumstances = {},
) =>
  cases.push({
    name,
    input: {
      ...{ issuer, audience, clock_tolerance_seconds: tolerance, now },
      ...(demand === undefined ? {} : { dpop: demand }),
      ...(nonces === undefined ? {} : { nonces }),
      ...(before === undefined ? {} : { before: before.map(request) }),
      ...request(sent),
    },
    expect,
  })
const accept = (name: string, sent: Sent, more: Circumstances = {}) =>
  add(name, sent, { sub: 'user-1', client_id: 'app-1', scopes: ['orders:read'] }, more)
const refuse = (name: string, dpop: string | undefined, more: Sent = {}, error = 'invalid_dpop_proof') =>
  add(name, { ...(dpop === undefined ? {} : { dpop }), ...more }, { error })

// Good ones
accept('a proof with ES256', { dpop: good })
for (const key of [keys.es384, keys.rs256, keys.ps256, keys.eddsa, keys.ed25519])
  accept(`a proof with ${key.alg}`, { authorization: `DPoP ${boundTo(key)}`, dpop: proof({}, {}, key) })
accept('a POST', { method: 'POST', dpop: proof({ htm: 'POST' }) })
accept('the scheme in small letters (RFC 9110 §11.1)', { authorization: `dpop ${token}`, dpop: good })
accept('typ with its prefix (RFC 7515 §4.1.9)', { dpop: proof({}, { typ: 'application/dpop+jwt' }) })
accept('the request has a query, htu has none (RFC 9449 §4.2)', { url: `${url}?page=2`, dpop: good })
accept('htu has a query and a fragment (RFC 9449 §4.3)', { dpop: proof({ htu: `${url}?page=1#top` }) })
accept('htu with the host in capitals (RFC 3986 §6.2.2.1)', {
  dpop: proof({ htu: 'HTTPS://API.Example/v1/orders' }),
})
accept('htu with the default port (RFC 3986 §6.2.3)', {
  dpop: proof({ htu: 'https://api.example:443/v1/orders' }),
})
accept('htu with dot segments (RFC 3986 §6.2.2.3)', {
  dpop: proof({ htu: 'https://api.example/v1/x/../orders' }),
})
accept('htu with letters that need not be encoded (RFC 3986 §6.2.2.2)', {
  dpop: proof({ htu: 'https://api.example/v1/%6frders' }),
})
accept('the oldest proof', { dpop: proof({ iat: now - 60 }) })
accept('a clock that is as far ahead as it may be', { dpop: proof({ iat: now + 30 }) })
accept('iat with a fraction (RFC 7519 §2)', { dpop: proof({ iat: now - 0.5 }) })
accept('jti with 256 characters', { dpop: proof({ jti: 'x'.repeat(256) }) })
accept('claims and header parameters that nobody knows', {
  dpop: proof({ app: '1.2.3' }, { kid: '../../etc/passwd', jku: 'https://auth.evil/jwks' }),
})
accept(
  'the jti of a proof of another key',
  { dpop: good },
  {
    before: [{ authorization: `DPoP ${boundTo(thief)}`, dpop: proof({}, {}, thief) }],
  },
)
accept('another proof of the same key', { dpop: proof({ jti: 'proof-2' }) }, { before: [{ dpop: good }] })
accept('with the nonce that is demanded', { dpop: proof({ nonce: 'nonce-1' }) }, { nonces: ['nonce-1'] })
accept('with a nonce, and none is demanded', { dpop: proof({ nonce: 'nonce-1' }) })
accept('bound tokens are demanded', { dpop: good }, { dpop: 'required' })
accept('a token that is bound to nothing, with a proof that nobody asked for', {
  ...{ authorization: `Bearer ${tokenFor(undefined)}`, dpop: good },
})

// Downgrade
const invalidToken = 'invalid_token'
refuse(
  'a bound token as a bearer token, with its proof (RFC 9449 §7.2)',
  good,
  { authorization: `Bearer ${token}` },
  invalidToken,
)
refuse(
  'a bound token as a bearer token, without a proof',
  undefined,
  { authorization: `Bearer ${token}` },
  invalidToken,
)
refuse(
  'a token that is bound to nothing, as DPoP',
  proof({ ath: sha256(tokenFor(undefined)) }),
  { authorization: `DPoP ${tokenFor(undefined)}` },
  invalidToken,
)
add(
  'a bearer token where bound tokens are demanded',
  { authorization: `Bearer ${tokenFor(undefined)}` },
  { error: invalidToken },
  { dpop: 'required' },
)
refuse('no proof', undefined)
refuse('an empty proof', '')

// The key
const ofThief = (claims: Claims = {}, header: object = {}) =>
  proof({ ath: sha256(token), ...claims }, header, thief)
refuse('a proof of another key', ofThief(), {}, invalidToken)
refuse(
  'the key of the token in the header, signed with another one',
  jws(headerFor(es256), claimsFor(es256), thief),
)
refuse(
  'the thumbprint of the token in capitals',
  proofFor({ jkt: thumbprint(es256).toUpperCase() }),
  { authorization: `DPoP ${tokenFor({ jkt: thumbprint(es256).toUpperCase() })}` },
  invalidToken,
)
refuse(
  'a token that is bound to the first characters of a thumbprint',
  proofFor({ jkt: thumbprint(es256).slice(0, 20) }),
  { authorization: `DPoP ${tokenFor({ jkt: thumbprint(es256).slice(0, 20) })}` },
  invalidToken,
)
refuse(
  'a token that is bound to a list of thumbprints',
  proofFor({ jkt: [thumbprint(es256)] }),
  { authorization: `DPoP ${tokenFor({ jkt: [thumbprint(es256)] })}` },
  invalidToken,
)
refuse('no key in the header', proof({}, { jwk: undefined }))
refuse('the key as a text', proof({}, { jwk: JSON.stringify(publicHalf(es256)) }))
refuse('the key in a list', proof({}, { jwk: [publicHalf(es256)] }))
refuse(
  'the private key in the header (RFC 9449 §4.3)',
  proof({}, { jwk: { ...publicHalf(es256), d: es256.d } }),
)
refuse('an empty private member in the header', proof({}, { jwk: { ...publicHalf(es256), d: '' } }))
refuse(
  'a secret as the key',
  hmacJws(
    { alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: base64url('secret') } },
    claimsFor(es256),
    'secret',
  ),
)
refuse(
  'HS256 with the public key as the secret (RFC 8725 §2.1)',
  hmacJws(
    { ...headerFor(es256), alg: 'HS256' },
    claimsFor(es256),
    createPublicKey({ key: publicHalf(es256), format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    }) as string,
  ),
)
refuse('alg none', `${base64url({ ...headerFor(es256), alg: 'none' })}.${goodPayload}.`)
refuse(
  'alg none, with a signature',
  `${base64url({ ...headerFor(es256), alg: 'none' })}.${goodPayload}.${goodSignature}`,
)
refuse('no alg', rawProof({ typ: 'dpop+jwt', jwk: publicHalf(es256) }, claimsFor(es256)))
refuse('an algorithm that is not of the key', proof({}, { alg: 'ES384' }))
refuse(
  'an RSA key of 1024 bits (RFC 7518 §3.3)',
  proof({ ath: sha256(boundTo(keys.short_rsa)) }, {}, keys.short_rsa),
  { authorization: `DPoP ${boundTo(keys.short_rsa)}` },
)
refuse(
  'a point that is not on the curve',
  proof({}, { jwk: { ...publicHalf(es256), y: publicHalf(es256).x } }),
)

// Type and form
refuse('typ JWT', proof({}, { typ: 'JWT' }))
refuse('no typ', proof({}, { typ: undefined }))
refuse('typ at+jwt: the access token as its own proof', token)
refuse('crit', proof({}, { crit: ['exp'] }))
refuse('two proofs, as two headers arrive', `${good}, ${good}`)
refuse('two proofs, the second in the place of the signature', `${good},${good}`)
refuse(
  'another payload',
  `${goodHeader}.${base64url({ ...claimsFor(es256), jti: 'proof-2' })}.${goodSignature}`,
)
refuse('no signature', `${goodHeader}.${goodPayload}.`)
refuse('two parts', `${goodHeader}.${goodPayload}`)
refuse('with padding', `${good}==`)
refuse('a payload that is a list', rawProof(headerFor(es256), [claimsFor(es256)]))
refuse('a payload that is null', rawProof(headerFor(es256), 'null'))
refuse('a payload that is no JSON', rawProof(headerFor(es256), 'htm=GET'))
refuse('longer than 6,144 characters', proof({ padding: 'x'.repeat(6_000) }))

// Claims
refuse('another method', proof({ htm: 'POST' }))
refuse('the method in small letters', proof({ htm: 'get' }))
refuse('no htm', rawProof(headerFor(es256), without('htm')))
refuse('another path', proof({ htu: 'https://api.example/v1/admin' }))
refuse('the path is a prefix', proof({ htu: 'https://api.example/v1' }))
refuse('a path with something behind it', proof({ htu: `${url}/1` }))
refuse('a path with a slash behind it', proof({ htu: `${url}/` }))
refuse('the path in capitals', proof({ htu: 'https://api.example/V1/Orders' }))
refuse('an encoded slash in the path', proof({ htu: 'https://api.example/v1%2Forders' }))
refuse('another host', proof({ htu: 'https://api.evil/v1/orders' }))
refuse('another host, ours as the user name', proof({ htu: 'https://api.example@api.evil/v1/orders' }))
refuse('our host with a user name', proof({ htu: 'https://user@api.example/v1/orders' }))
refuse('another port', proof({ htu: 'https://api.example:8443/v1/orders' }))
refuse('without TLS', proof({ htu: 'http://api.example/v1/orders' }))
refuse('the path alone', proof({ htu: '/v1/orders' }))
refuse('htu is no URL', proof({ htu: 'api.example/v1/orders' }))
refuse('htu in a list', proof({ htu: [url] }))
refuse('no htu', rawProof(headerFor(es256), without('htu')))
refuse(
  'htu twice, the last is another one (RFC 7519 §4)',
  rawProof(headerFor(es256), JSON.stringify(claimsFor(es256)).replace(/}$/, ',"htu":"https://api.evil/"}')),
)
refuse('too old', proof({ iat: now - 61 }))
refuse('from the future', proof({ iat: now + 31 }))
refuse('no iat', rawProof(headerFor(es256), without('iat')))
refuse('iat is a text', proof({ iat: String(now) }))
refuse('expired (exp)', proof({ exp: now - 31 }))
refuse('not valid yet (nbf)', proof({ nbf: now + 31 }))
refuse('no jti', rawProof(headerFor(es256), without('jti')))
refuse('an empty jti', proof({ jti: '' }))
refuse('jti is a number', proof({ jti: 1 }))
refuse('jti with 257 characters', proof({ jti: 'x'.repeat(257) }))
refuse('no ath (RFC 9449 §7)', rawProof(headerFor(es256), without('ath')))
refuse('the ath of another token', proof({ ath: sha256(boundTo(thief)) }))
refuse('ath in capitals', proof({ ath: sha256(token).toUpperCase() }))
refuse('the token itself as ath', proof({ ath: token }))
refuse('nonce is a number', proof({ nonce: 1 }))

// Once
const invalidProof = { error: 'invalid_dpop_proof' }
add('a proof that was used (RFC 9449 §11.1)', { dpop: good }, invalidProof, { before: [{ dpop: good }] })
add('the jti of a proof that was used, signed again', { dpop: proof({ iat: now - 1 }) }, invalidProof, {
  before: [{ dpop: good }],
})
add('a proof that was used, with another query', { url: `${url}?page=2`, dpop: good }, invalidProof, {
  before: [{ url: `${url}?page=1`, dpop: good }],
})
add('the jti of a proof that was used for another URL', { dpop: good }, invalidProof, {
  before: [{ url: `${url}/1`, dpop: proof({ htu: `${url}/1` }) }],
})

// Nonces
const useNonce = { error: 'use_dpop_nonce' }
add('no nonce, and one is demanded (RFC 9449 §9)', { dpop: good }, useNonce, { nonces: ['nonce-1'] })
add('another nonce', { dpop: proof({ nonce: 'nonce-2' }) }, useNonce, { nonces: ['nonce-1'] })
add('an empty nonce', { dpop: proof({ nonce: '' }) }, useNonce, { nonces: ['nonce-1'] })

export const dpop: VectorFile = {
  name: 'dpop',
  description:
    'Which DPoP proofs an API accepts with an access token (RFC 9449). See README.md for the members of `input` and `expect`.',
  ...{ keys, issuer_jwks, cases },
}

/** A right proof for a token that is bound to something else. */
function proofFor(cnf: object): string {
  return proof({ ath: sha256(tokenFor(cnf)) })
}
