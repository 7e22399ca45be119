/** What the SDK tells an API about access tokens (`sdk/vectors`), and what this server says about the same ones. */
import { importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import type { VerificationKey } from '../../src/keys/keyring.ts'
import { createVerifyJwt } from '../../src/keys/verify-jwt.ts'
import { readPresentedToken } from '../../src/oauth/sender-constraints/presented-token.ts'
import { headersOf, readVectors } from '../sdk/api/vectors.ts'

const { cases, issuer_jwks: jwks } = readVectors('access-tokens')

/** Claims that this server trusts when the signature is its own, and rules of an API alone. */
const ofTheApi =
  /audience|\b(sub|client_id|jti|scope|iat|acr|auth_time|cnf)\b|^bound to|issued in the future|no key \(RFC 9449/
/** This server's clock is the one that set them; and it writes `typ` in one way. */
const ofOtherIssuers = /tolerance|typ with its prefix/

const verificationKey = async (kid: string): Promise<VerificationKey | undefined> => {
  const jwk = jwks.keys.find((each) => each.kid === kid && each.use === 'sig')
  const alg = jwk?.alg as VerificationKey['alg']
  return jwk && ({ kid, alg, key: await importJWK(jwk, alg) } as VerificationKey)
}

describe('sdk/vectors/access-tokens.json at this server', () => {
  const common = cases.filter(
    ({ name, expect: { error = 'invalid_token' } }) =>
      error === 'invalid_token' && !ofTheApi.test(name) && !ofOtherIssuers.test(name),
  )

  it.each(common.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const { issuer, now } = vector.input
    const verifyJwt = createVerifyJwt({
      keyring: { verificationKey },
      issuer,
      now: () => now * 1000,
    })
    const presented = readPresentedToken(new Request(issuer, { headers: headersOf(vector.input) }))
    const claims = presented && (await verifyJwt(presented.token, { typ: 'at+jwt' }))
    expect(claims?.sub).toBe(vector.expect.sub)
  })

  it('are most of those about form, signature, issuer and time', () => {
    expect(common.length).toBeGreaterThan(90)
  })
})
