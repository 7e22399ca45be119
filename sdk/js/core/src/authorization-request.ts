import type { ServerMetadata } from './discovery.ts'
import { codeChallenge, randomToken } from './pkce.ts'

/** What a sign-in may ask for; OpenID Connect Core §3.1.2.1, RFC 8707. */
export interface SignInOptions {
  readonly scope?: string
  readonly resource?: string | readonly string[]
  readonly prompt?: 'none' | 'login' | 'consent' | 'select_account' | 'create'
  readonly loginHint?: string
  /** Values of `acr`, the preferred one first. */
  readonly acrValues?: readonly string[]
  /**
   * One of them is needed, not just wished for (§5.5.1.1): people set up the factor that they lack, and whoever reaches none
   * comes back with `unmet_authentication_requirements`.
   */
  readonly acrEssential?: boolean
  /** Seconds since the last sign-in that are still good enough. */
  readonly maxAge?: number
  /** Languages (BCP 47), the preferred one first. */
  readonly uiLocales?: readonly string[]
}

/** What has to be kept, by this browser alone, until the response arrives. */
export interface AuthorizationTransaction {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly redirectUri: string
  /** When it was begun, milliseconds. */
  readonly startedAt: number
  /** `max_age` of the request: the ID token must then tell `auth_time`. */
  readonly maxAge?: number
}

export interface AuthorizationRequest {
  readonly url: URL
  readonly transaction: AuthorizationTransaction
}

/** An authorization request by code with PKCE (RFC 7636), `state` and `nonce` of its own. */
export async function authorizationRequest(
  metadata: ServerMetadata,
  client: {
    readonly clientId: string
    readonly redirectUri: string
    /** Thumbprint of the key that the code is to be bound to (RFC 9449 §10). */
    readonly dpopThumbprint?: string | undefined
  },
  options: SignInOptions & { readonly scope: string },
): Promise<AuthorizationRequest> {
  const transaction: AuthorizationTransaction = {
    state: randomToken(),
    nonce: randomToken(),
    codeVerifier: randomToken(),
    redirectUri: client.redirectUri,
    startedAt: Date.now(),
    ...(options.maxAge === undefined ? {} : { maxAge: options.maxAge }),
  }
  const { acrValues = [] } = options
  const url = new URL(metadata.authorization_endpoint)
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    scope: options.scope,
    state: transaction.state,
    nonce: transaction.nonce,
    code_challenge: await codeChallenge(transaction.codeVerifier),
    code_challenge_method: 'S256',
    dpop_jkt: client.dpopThumbprint,
    prompt: options.prompt,
    login_hint: options.loginHint,
    acr_values: acrValues.join(' ') || undefined,
    claims:
      options.acrEssential && acrValues.length > 0
        ? JSON.stringify({ id_token: { acr: { essential: true, values: acrValues } } })
        : undefined,
    max_age: options.maxAge?.toString(),
    ui_locales: options.uiLocales?.join(' '),
  }
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value)
  for (const resource of [options.resource ?? []].flat()) url.searchParams.append('resource', resource)
  return { url, transaction }
}
