/**
 * RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0 §2): the requesting client, the session concerned,
 * and the redirect afterwards. Redirects only to URIs registered for a client that an ID token or `client_id`
 * names.
 */
import type { Client, FindClient } from '../clients/client.ts'
import type { VerifyJwt } from '../keys/verify-jwt.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Messages } from '../messages/en.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { type IdTokenHint, readIdTokenHint } from '../tokens/id-token.ts'

export interface LogoutRequest {
  readonly client: Client | undefined
  /** Absolute URL including `state`, if one was requested and is registered. */
  readonly redirectTo: string | undefined
  /** `sid` and `sub` of the verified `id_token_hint`. */
  readonly hint: IdTokenHint | undefined
}

/** Validates a logout request. */
export async function checkLogout(
  needs: { readonly verifyJwt: VerifyJwt; readonly findClient: FindClient },
  parameters: Parameters,
): Promise<Result<LogoutRequest, OAuthRefusal>> {
  const [duplicate] = parameters.duplicates
  if (duplicate !== undefined) return err(invalidRequest('a parameter is sent more than once'))
  const hinted = await readHint(needs.verifyJwt, parameters.get('id_token_hint'))
  if (!hinted.ok) return hinted
  const clientId = parameters.get('client_id')
  const hintedClientId = hinted.value?.clientId
  // §2: when both are present they must name the same client.
  if (clientId !== undefined && hintedClientId !== undefined && clientId !== hintedClientId) {
    return err(
      refuse('invalid_request', 'client_id does not match id_token_hint', {
        message: (messages) => messages.logoutClientMismatch,
      }),
    )
  }
  const known = clientId ?? hintedClientId
  const client = known === undefined ? undefined : await needs.findClient(known)
  const redirectTo = readRedirect(parameters, client, known !== undefined)
  if (!redirectTo.ok) return redirectTo
  return ok({ client, redirectTo: redirectTo.value, hint: hinted.value })
}

async function readHint(verifyJwt: VerifyJwt, token: string | undefined) {
  if (token === undefined) return ok(undefined)
  const hint = await readIdTokenHint(verifyJwt, token)
  return hint ? ok(hint) : err(hintInvalid)
}

export const hintInvalid = refuse('invalid_request', 'id_token_hint is not valid', {
  message: (messages: Messages) => messages.logoutHintInvalid,
})

/** §3: exact match, and never without a client that registered it: this must not be an open redirector. */
function readRedirect(
  parameters: Parameters,
  client: Client | undefined,
  isNamed: boolean,
): Result<string | undefined, OAuthRefusal> {
  const uri = parameters.get('post_logout_redirect_uri')
  if (uri === undefined) return ok(undefined)
  if (!client) {
    const why = isNamed ? 'the client is not known' : 'needs id_token_hint or client_id, to say whose it is'
    return err(
      refuse('invalid_request', `post_logout_redirect_uri: ${why}`, {
        message: (messages) => (isNamed ? messages.clientUnknown : messages.clientMissing),
      }),
    )
  }
  if (!client.post_logout_redirect_uris.includes(uri)) {
    return err(
      refuse('invalid_request', 'post_logout_redirect_uri is not registered for the client', {
        message: (messages) => messages.redirectUriUnregistered,
      }),
    )
  }
  const state = parameters.get('state')
  if (state === undefined) return ok(uri)
  return ok(`${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`)
}
