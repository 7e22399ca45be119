import {
  AuthlyError,
  type AuthorizationRequest,
  authorizationRequest,
  discoverOnce,
  type IdTokenClaims,
  isOnWorkers,
  pushRequest,
  readJson,
  requestTokens,
  type SignInOptions,
  send,
  type TokenResponse,
} from '@authly-server/core'
import type { Configuration } from '../configuration/configuration.ts'
import { createTokenVerifier } from './signed-tokens.ts'

export type Provider = ReturnType<typeof createProvider>

/** Everything that this application asks of Authly. */
export function createProvider(configuration: Configuration) {
  const { fetch, clientId, authentication, issuer } = configuration
  const metadata = discoverOnce(issuer, fetch)
  const verifier = createTokenVerifier(fetch)

  const tokens = async (
    parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): Promise<TokenResponse> => {
    const needs = { fetch, metadata: await metadata(), clientId, clientSecret: authentication.clientSecret }
    return requestTokens(needs, { ...parameters, ...(await authentication.parameters()) })
  }

  /** A form to an endpoint where the client authenticates. */
  const post = async (url: string, form: URLSearchParams): Promise<Response> => {
    for (const [name, value] of Object.entries(await authentication.parameters())) form.set(name, value)
    const headers = { accept: 'application/json', ...authentication.headers }
    return send(fetch, new Request(url, { method: 'POST', headers, body: form, redirect: 'manual' }))
  }

  return {
    ...{ metadata, verifier },

    /** Where to send the browser, pushed beforehand (RFC 9126) if the server or the application wants that. */
    authorize: async (
      redirectUri: string,
      options: SignInOptions & { readonly scope: string },
    ): Promise<AuthorizationRequest> => {
      const server = await metadata()
      const request = await authorizationRequest(server, { clientId, redirectUri }, options)
      const pushes = configuration.pushes || server.require_pushed_authorization_requests === true
      if (!pushes) return request
      const { headers } = authentication
      const parameters = await authentication.parameters()
      return { ...request, url: await pushRequest(fetch, server, request.url, { headers, parameters }) }
    },

    redeem: (code: string, redirectUri: string, codeVerifier: string, resource: string | undefined) =>
      tokens({
        grant_type: 'authorization_code',
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
        ...{ code, resource },
      }),

    /** @param resource undefined for everything that was granted */
    refresh: (refreshToken: string, resource: string | undefined) =>
      tokens({ grant_type: 'refresh_token', refresh_token: refreshToken, resource }),

    /** Claims about the person of `claims` (OpenID Connect Core §5.3.2: another `sub` is an attack). */
    userinfo: async (
      accessToken: string,
      { sub }: IdTokenClaims,
    ): Promise<Readonly<Record<string, unknown>>> => {
      const { userinfo_endpoint: url } = await metadata()
      if (url === undefined) return {}
      const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
      const { value } = await readJson(fetch, new Request(url, { headers, redirect: 'manual' }))
      if (value['sub'] !== sub)
        throw new AuthlyError('invalid_response', { description: 'userinfo is about somebody else' })
      return value
    },

    /** Ends a grant (RFC 7009). Whether that works or not, the person is signed out here. */
    revoke: async (refreshToken: string): Promise<void> => {
      const { revocation_endpoint: url } = await metadata()
      if (url === undefined) return
      const form = new URLSearchParams({ token: refreshToken, token_type_hint: 'refresh_token' })
      const response = await post(url, form)
      await response.body?.cancel()
    },

    /**
     * The address of a sign-out that Authly has sealed. An ID token has a name and an e-mail address: it is posted from
     * here, so that it is in no history and no log.
     * @returns undefined: without the ID token the server asks the person
     */
    sealSignOut: async (
      endpoint: string,
      parameters: URLSearchParams,
      idToken: string,
    ): Promise<string | undefined> => {
      const body = new URLSearchParams(parameters)
      body.set('id_token_hint', idToken)
      const request = new Request(endpoint, { method: 'POST', body, redirect: 'manual' })
      const response = await send(fetch, request).catch(() => undefined)
      await response?.body?.cancel()
      const location = response?.status === 303 ? response.headers.get('location') : null
      if (location == null || !URL.canParse(location, endpoint)) return undefined
      const [to, from] = [new URL(location, endpoint), new URL(endpoint)]
      const isSame = to.origin === from.origin && to.pathname === from.pathname
      // Of a server that only repeats what was posted, nothing is gained.
      return isSame && !to.searchParams.has('id_token_hint') ? to.href : undefined
    },

    isOnWorkers,
  }
}
