/** What `bench/sdk-api.ts` compares, made to run anywhere: the same token, verified by jose and by the SDK. */
import { createApiVerifier } from '@authly-server/api'
import { createRemoteJWKSet, customFetch, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'

const issuer = 'https://auth.example'
const audience = 'https://api.example'

/** Verifies once. */
export type Verification = () => Promise<unknown>

/** The order is that of each round. */
export const verificationNames = ['jose', 'jose-remote', 'sdk'] as const
export type VerificationName = (typeof verificationNames)[number]

export async function createVerifications(): Promise<Readonly<Record<VerificationName, Verification>>> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const kid = 'a-key-of-the-issuer'
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] }
  const claims = {
    ...{ client_id: 'orders-app', scope: 'openid profile email orders:read orders:write' },
    ...{ acr: 'urn:authly:acr:1fa', amr: ['pwd'], auth_time: Math.floor(Date.now() / 1000) },
    grant_ref: 'c3ViamVjdC1yZWZlcmVuY2Utb2YtYS1ncmFudA',
  }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('01890a5d-ac96-774b-bcce-b302099a8057')
    .setJti('01890a5d-ac96-774b-bcce-b302099a8058')
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(privateKey)

  const checks = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], clockTolerance: 30 }
  const serve = async (request: Request) =>
    Response.json(
      request.url.endsWith('/jwks')
        ? jwks
        : {
            ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
            jwks_uri: `${issuer}/jwks`,
          },
    )
  const remote = createRemoteJWKSet(new URL(`${issuer}/jwks`), {
    [customFetch]: async () => Response.json(jwks),
  })
  const api = createApiVerifier({ issuer, audience, fetch: serve })
  const request = new Request(`${audience}/orders`, { headers: { authorization: `Bearer ${token}` } })
  const requirements = { scopes: ['orders:read'] }
  return {
    jose: () => jwtVerify(token, publicKey, checks),
    'jose-remote': () => jwtVerify(token, remote, checks),
    sdk: () => api.verify(request, requirements),
  }
}

/** Verifies `count` times, `atOnce` at a time. */
export async function repeat(verify: Verification, count: number, atOnce: number): Promise<void> {
  let left = count
  const worker = async () => {
    while (left-- > 0) await verify()
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
