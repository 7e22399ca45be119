/**
 * An authorization server in memory, which can be told to misbehave as no real one can. What it does when it behaves
 * (PKCE, client authentication, rotation with a replay window) is what Authly does; the conformance tests run the SDK
 * with Authly itself.
 */
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'

export const issuerUrl = 'https://login.example'
export const client = { clientId: 'app', clientSecret: 's3cret:with/odd+characters' }

export type Issuer = Awaited<ReturnType<typeof createIssuer>>

type Family = {
  readonly sub: string
  current: string
  previous: string | undefined
  rotations: number
  isRevoked: boolean
}
type Code = { readonly parameters: URLSearchParams; readonly sub: string; isUsed: boolean }

export async function createIssuer(metadata: Readonly<Record<string, unknown>> = {}) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' }
  const published = [jwk]
  const codes = new Map<string, Code>()
  const pushed = new Map<string, URLSearchParams>()
  const families: Family[] = []
  /** Token requests by grant type, and everything that was asked. */
  const requests: { readonly url: URL; readonly form: URLSearchParams; readonly headers: Headers }[] = []
  let count = 0

  const state = {
    /** Changes of the next ID tokens, with another key or algorithm if need be. */
    idToken: (claims: JWTPayload): Promise<string> => sign(claims),
    profile: { name: 'Grace Hopper', email: 'grace@example.test' } as Record<string, unknown>,
    expiresIn: 600,
    acr: 'urn:authly:acr:pwd',
    /** Answers in place of the server, such as with an error. */
    intercept: undefined as
      | ((request: Request) => Response | Promise<Response | undefined> | undefined)
      | undefined,
  }

  const sign = (claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'key-1', ...header }).sign(privateKey)

  const document = {
    issuer: issuerUrl,
    authorization_endpoint: `${issuerUrl}/authorize`,
    token_endpoint: `${issuerUrl}/token`,
    jwks_uri: `${issuerUrl}/jwks`,
    userinfo_endpoint: `${issuerUrl}/userinfo`,
    revocation_endpoint: `${issuerUrl}/revoke`,
    end_session_endpoint: `${issuerUrl}/logout`,
    pushed_authorization_request_endpoint: `${issuerUrl}/par`,
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    ...metadata,
  }

  const json = (value: unknown, status = 200) => Response.json(value, { status })
  const refuse = (error: string) => json({ error }, 400)

  async function tokens(sub: string, refreshToken: string, nonce: string | null, resource: string | null) {
    count += 1
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      ...{ iss: issuerUrl, aud: client.clientId, sub, iat: now, exp: now + 600, auth_time: now },
      ...{ acr: state.acr, sid: 'session-at-authly', ...(nonce === null ? {} : { nonce }) },
    }
    return json({
      access_token: `access-${count}-${resource ?? 'all'}-of-${sub}`,
      ...{ token_type: 'Bearer', expires_in: state.expiresIn, scope: 'openid profile email' },
      ...{ refresh_token: refreshToken, id_token: await state.idToken(claims) },
    })
  }

  function redeem(form: URLSearchParams) {
    const code = codes.get(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight =
      code &&
      !code.isUsed &&
      code.parameters.get('code_challenge') === challenge &&
      code.parameters.get('redirect_uri') === form.get('redirect_uri')
    if (!isRight) return refuse('invalid_grant')
    code.isUsed = true
    families.push({
      sub: code.sub,
      current: `refresh-${families.length}-0`,
      previous: undefined,
      rotations: 0,
      isRevoked: false,
    })
    const { current } = families[families.length - 1] as Family
    return tokens(code.sub, current, code.parameters.get('nonce'), form.get('resource'))
  }

  /** As docs/decisions/0004 has it. */
  function refresh(form: URLSearchParams) {
    const presented = form.get('refresh_token') ?? ''
    const family = families[Number(presented.split('-')[1])]
    if (!family || family.isRevoked) return refuse('invalid_grant')
    if (presented === family.current) {
      family.previous = presented
      family.rotations += 1
      family.current = `refresh-${presented.split('-')[1]}-${family.rotations}`
    } else if (presented !== family.previous) {
      family.isRevoked = true
      return refuse('invalid_grant')
    }
    return tokens(family.sub, family.current, null, form.get('resource'))
  }

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const form = new URLSearchParams(request.method === 'POST' ? await request.clone().text() : '')
    requests.push({ url, form, headers: request.headers })
    const intercepted = await state.intercept?.(request)
    if (intercepted) return intercepted
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(document)
      case '/jwks':
        return json({ keys: published })
      case '/token':
        return form.get('grant_type') === 'refresh_token' ? refresh(form) : redeem(form)
      case '/par': {
        pushed.set('urn:request:1', form)
        return json({ request_uri: 'urn:request:1', expires_in: 60 }, 201)
      }
      case '/userinfo':
        return json({ sub: request.headers.get('authorization')?.split('-of-')[1], ...state.profile })
      case '/revoke': {
        for (const family of families) if (family.current === form.get('token')) family.isRevoked = true
        return new Response(null, { status: 200 })
      }
      // As Authly does: an ID token continues sealed.
      case '/logout': {
        const rest = form.has('id_token_hint') ? `posted=sealed-${requests.length}` : form
        return new Response(null, { status: 303, headers: { location: `/logout?${rest}` } })
      }
      default:
        return new Response('not here', { status: 404 })
    }
  }

  return {
    ...{ sign, requests, families, publicKey, jwk, published },
    /** What tests change. */
    state,
    fetch: (request: Request) => answer(request),
    tokenRequests: (grant: string) => requests.filter(({ form }) => form.get('grant_type') === grant),
    /** A person signs in at the address where the application sent the browser; returns where they are sent. */
    signIn: (address: string | URL, sub = 'grace'): URL => {
      const { searchParams } = new URL(address)
      const parameters = pushed.get(searchParams.get('request_uri') ?? '') ?? searchParams
      const code = `code-${codes.size}`
      codes.set(code, { parameters, sub, isUsed: false })
      const back = new URL(parameters.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', parameters.get('state') ?? '')
      back.searchParams.set('iss', issuerUrl)
      return back
    },
  }
}
