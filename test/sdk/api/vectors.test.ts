/** Every case of `sdk/vectors` that is about APIs, as SDKs of other languages run them too. */
import { ApiAuthError, createApiVerifier } from '@authly-server/api'
import { describe, expect, it } from 'vitest'
import { type ApiVector, headersOf, readVectors, type VectorRequest } from './vectors.ts'

function verifierFor({ input }: ApiVector, jwks: object) {
  const { issuer, audience, clock_tolerance_seconds: clockToleranceSeconds, now, nonces, dpop } = input
  const metadata = {
    ...{ issuer, jwks_uri: `${issuer}/jwks` },
    ...{ authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
  }
  return createApiVerifier({
    ...{ issuer, audience, clockToleranceSeconds, now: () => now * 1000 },
    ...(dpop === undefined ? {} : { dpop }),
    ...(nonces === undefined
      ? {}
      : {
          dpopNonces: {
            current: async () => nonces[0] as string,
            isRecent: async (nonce: string) => nonces.includes(nonce),
          },
        }),
    fetch: async (request) => Response.json(request.url === metadata.jwks_uri ? jwks : metadata),
  })
}

const requestOf = (sent: VectorRequest, audience: string) => ({
  method: sent.method ?? 'GET',
  url: sent.url ?? audience,
  headers: headersOf(sent),
})

describe.each(['access-tokens', 'dpop'] as const)('sdk/vectors/%s.json', (file) => {
  const { cases, issuer_jwks: jwks } = readVectors(file)

  it.each(cases.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const { input, expect: expected } = vector
    const { scopes, acr, max_age: maxAge } = input.require ?? {}
    const requirements = {
      ...(scopes === undefined ? {} : { scopes }),
      ...(acr === undefined ? {} : { acr }),
      ...(maxAge === undefined ? {} : { maxAge }),
    }
    const api = verifierFor(vector, jwks)
    for (const sent of input.before ?? []) await api.verify(requestOf(sent, input.audience))
    const outcome = await api.verify(requestOf(input, input.audience), requirements).then(
      (token) => ({ sub: token.sub, client_id: token.clientId, scopes: token.scopes }),
      (error: unknown) => {
        if (!(error instanceof ApiAuthError)) throw error
        return { error: error.code }
      },
    )
    expect(outcome).toEqual(expected)
  })
})
