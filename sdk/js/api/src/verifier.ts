import type { AccessToken } from './access-token.ts'
import { ApiAuthError } from './api-auth-error.ts'
import { challenge } from './challenge.ts'
import { checkClaims } from './claims.ts'
import { introspect } from './introspection.ts'
import { createIssuer } from './issuer.ts'
import { createIssuerKeys } from './issuer-keys.ts'
import type { ApiVerifierOptions } from './options.ts'
import { type ApiRequest, type PresentedToken, readPresentedToken } from './presented-token.ts'
import { Refusal } from './refusal.ts'
import { checkedRequirements, checkRequirements, type Requirements, scopesOf } from './requirements.ts'
import { metadataResponse, resourceMetadata } from './resource-metadata.ts'
import { checkSender, spendProof } from './sender.ts'
import { readSettings } from './settings.ts'
import { verifyJwt } from './verify-jwt.ts'

export interface ApiVerifier {
  /**
   * The access token of a request, if it is good for this API and for what the route demands.
   * @throws ApiAuthError whatever is wrong; `toResponse()` is the answer
   */
  verify(request: ApiRequest, requirements?: Requirements): Promise<AccessToken>
  /** A handler of the Fetch API that is called with the token, and not at all without a good one. */
  protect<R extends Request, Rest extends readonly unknown[]>(
    requirements: Requirements,
    handler: (request: R, token: AccessToken, ...rest: Rest) => Response | Promise<Response>,
  ): (request: R, ...rest: Rest) => Promise<Response>
  /** The metadata of this API (RFC 9728), if that is what the request asks for. */
  metadata(request: { readonly method: string; readonly url: string }): Response | undefined
  /** The metadata as a value. */
  readonly resource: ReturnType<typeof resourceMetadata>
}

/**
 * What protects an API: made once, because it keeps the issuer's keys. Asks nobody anything before the first token.
 * @throws TypeError when an option is missing or cannot be
 */
export function createApiVerifier(options: ApiVerifierOptions = {}): ApiVerifier {
  const settings = readSettings(options)
  const issuer = createIssuer(settings.issuer, settings.fetch, settings.now)
  const { algorithms, now, clockToleranceSeconds, introspection, dpopNonces: nonces } = settings
  const findKey = createIssuerKeys({ readKeys: issuer.readKeys, algorithms, now })

  return {
    verify,
    protect(requirements, handler) {
      checkedRequirements(requirements)
      return async (request, ...rest) => {
        try {
          const token = await verify(request, requirements)
          return withNonce(await handler(request, token, ...rest), token)
        } catch (error) {
          if (error instanceof ApiAuthError) return error.toResponse()
          throw error
        }
      }
    },
    metadata: (request) => metadataResponse(settings, request),
    resource: resourceMetadata(settings),
  }

  async function verify(request: ApiRequest, requirements: Requirements = {}): Promise<AccessToken> {
    const presented = readPresentedToken(request.headers)
    const outcome = presented instanceof Refusal ? presented : await decide(request, presented, requirements)
    if (!(outcome instanceof Refusal)) return outcome
    // The challenge quotes them as they are.
    checkedRequirements(requirements)
    const scheme = presented instanceof Refusal ? 'Bearer' : presented.scheme
    throw new ApiAuthError(outcome, {
      challenge: challenge(settings, outcome, scheme, requirements.scopes?.join(' ') ?? ''),
      dpopNonce: scheme === 'DPoP' ? await nonces?.current() : undefined,
    })
  }

  async function decide(
    request: ApiRequest,
    presented: PresentedToken,
    requirements: Requirements,
  ): Promise<AccessToken | Refusal> {
    const payload = await verifyJwt(presented.token, findKey)
    if (payload instanceof Refusal) return payload
    const seconds = now() / 1000
    const claims = checkClaims(payload, settings, seconds)
    if (claims instanceof Refusal) return claims
    const checked = checkSender(settings, request, presented, claims)
    const sender = checked instanceof Promise ? await checked : checked
    if (sender instanceof Refusal) return sender
    const scopes = scopesOf(claims)
    const refusal =
      checkRequirements(claims, scopes, requirements, { now: seconds, clockToleranceSeconds }) ??
      (introspection && (await introspect(settings.fetch, introspection, issuer, presented.token))) ??
      (sender.proof && (await spendProof(settings.usedProofs, sender.proof)))
    if (refusal) return refusal
    return {
      ...{ claims, scopes, sub: claims.sub, clientId: claims.client_id, acr: claims.acr },
      ...{ authTime: claims.auth_time, expiresAt: claims.exp, confirmation: sender.confirmation },
      tokenType: presented.scheme,
      dpopNonce: nonces && presented.scheme === 'DPoP' ? await nonces.current() : undefined,
    }
  }
}

function withNonce(response: Response, { dpopNonce }: AccessToken): Response {
  if (dpopNonce === undefined) return response
  // A response of `fetch` cannot be changed.
  const changed = new Response(response.body, response)
  changed.headers.set('dpop-nonce', dpopNonce)
  return changed
}
