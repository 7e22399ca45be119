/** Whatever is sent: the answer is an ApiAuthError, and nothing is accepted that the issuer did not sign. */
import { ApiAuthError } from '@authly-server/api'
import { createDpopKey, dpopProof } from '@authly-server/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { audience, createIssuerAndApi } from './issuer.ts'

let network: Awaited<ReturnType<typeof createIssuerAndApi>>
let good: string
beforeAll(async () => {
  network = await createIssuerAndApi()
  good = await network.tokenOf()
})

const refused = async (headers: Readonly<Record<string, string | undefined>>): Promise<void> => {
  const request = {
    ...{ method: 'GET', url: `${audience}/orders` },
    headers: { get: (name: string) => headers[name] ?? null },
  }
  const outcome = await network.api.verify(request).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(ApiAuthError)
  const { status, headers: answer, message, body } = outcome as ApiAuthError
  expect([400, 401]).toContain(status)
  // A header that cannot be sent would be an error of the server.
  expect(() => new Headers(answer)).not.toThrow()
  expect(message + JSON.stringify(body) + JSON.stringify(answer)).not.toContain(good.slice(0, 20))
}

const base64url = (text: string) => Buffer.from(text).toString('base64url')
const jsonPart = fc.oneof(
  fc.json().map(base64url),
  fc
    .record({
      alg: fc.constantFrom('ES256', 'none', 'HS256', 'RS256', '', null, 1),
      kid: fc.oneof(fc.constant('first'), fc.anything()),
      typ: fc.constantFrom('at+jwt', 'JWT', undefined, {}),
      crit: fc.option(fc.array(fc.string()), { nil: undefined }),
      jwk: fc.anything(),
    })
    .map((value) => base64url(JSON.stringify(value) ?? '')),
  fc.string().map(base64url),
)
const part = fc.oneof(jsonPart, fc.string(), fc.base64String())
const jwsLike = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.'))
/** A good token with one place changed. */
const changed = fc
  .tuple(
    fc.nat(),
    fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_. ,\0é'),
  )
  .map(([at, character]) => {
    const place = at % good.length
    return good.slice(0, place) + character + good.slice(place + 1)
  })
  .filter((token) => token !== good)
const shortened = fc.nat().map((length) => good.slice(0, length % good.length))
const scheme = fc.constantFrom('Bearer ', 'bearer  ', 'DPoP ', 'Basic ', '', 'Bearer', 'Bearer\t')

describe('verify', () => {
  it('refuses whatever is in the Authorization header', async () => {
    const authorization = fc.oneof(
      fc.string(),
      fc.tuple(scheme, fc.oneof(jwsLike, fc.string({ unit: 'binary' }))).map((parts) => parts.join('')),
      fc
        .tuple(
          scheme,
          fc.oneof(
            fc.constant('').chain(() => changed),
            shortened,
          ),
        )
        .map((parts) => parts.join('')),
    )
    await fc.assert(
      fc.asyncProperty(authorization, fc.option(fc.string(), { nil: undefined }), (value, dpop) =>
        refused({ authorization: value, dpop }),
      ),
      { numRuns: 3_000 },
    )
  })

  it('refuses whatever is in the DPoP header of a bound token', async () => {
    const bound = await network.tokenOf({ claims: { cnf: { jkt: 'x'.repeat(43) } } })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), jwsLike), (dpop) =>
        refused({ authorization: `DPoP ${bound}`, dpop }),
      ),
      { numRuns: 2_000 },
    )
  })

  it('refuses a bound token whatever the method and URL of the request are', async () => {
    const key = await createDpopKey()
    const token = await network.tokenOf({ claims: { cnf: { jkt: key.thumbprint } } })
    const clockOffsetSeconds = Math.round((network.state.now - Date.now()) / 1000)
    const url = `${audience}/orders`
    const proof = await dpopProof(key, { method: 'GET', url, accessToken: token, clockOffsetSeconds })
    const values: Record<string, string> = { authorization: `DPoP ${token}`, dpop: proof }
    const behind = await createIssuerAndApi({ publicUrl: 'https://example.com/api' })
    behind.state.keys = network.state.keys
    const headers = { get: (name: string) => values[name] ?? null }
    const path = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.webPath().map((each) => `https://api.example/x${each}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.string(), path, async (method, sentTo) => {
        for (const { api } of [network, behind]) {
          const outcome = await api.verify({ method, url: sentTo, headers }).catch((error: unknown) => error)
          expect(outcome).toMatchObject({ name: 'ApiAuthError', code: 'invalid_dpop_proof' })
          expect(() => api.metadata({ method, url: sentTo })).not.toThrow()
        }
      }),
      { numRuns: 300 },
    )
    expect(await network.api.verify({ method: 'GET', url, headers })).toMatchObject({ tokenType: 'DPoP' })
  })

  it('refuses whatever the issuer signs that is no access token for this API', async () => {
    const claims = fc.dictionary(
      fc.constantFrom('iss', 'aud', 'exp', 'iat', 'nbf', 'sub', 'client_id', 'jti', 'scope', 'cnf', 'acr'),
      fc.oneof(fc.anything({ maxDepth: 1 }), fc.double(), fc.constant(undefined)),
      { minKeys: 1 },
    )
    await fc.assert(
      fc.asyncProperty(claims, async (changes) => {
        const token = await network.tokenOf({ claims: changes })
        const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } })
        const outcome = await network.api.verify(request).catch((error: unknown) => error)
        // Some changes are right by chance: then every claim has its form.
        if (outcome instanceof ApiAuthError) return
        expect(outcome).toMatchObject({
          claims: { iss: 'https://auth.example', aud: expect.anything(), exp: expect.any(Number) },
          sub: expect.stringMatching(/./s),
          clientId: expect.stringMatching(/./s),
          confirmation: undefined,
        })
      }),
      { numRuns: 1_000 },
    )
  })
})
