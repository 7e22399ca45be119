import { AuthlyError, type IdTokenClaims, randomToken, readAuthorizationResponse } from '@authly-server/core'
import { redirect } from '../answers.ts'
import { applyChanges } from '../cookies/cookie-change.ts'
import { failure } from '../errors.ts'
import { openSession } from '../session/open-session.ts'
import { heldFrom, type Resource } from '../session/renew.ts'
import type { SessionData } from '../session/session-data.ts'
import type { Route, RouteNeeds } from './route.ts'
import { readReturnTo, type Transaction } from './transactions.ts'

/** `GET /auth/callback`: back from Authly. */
export const callback: Route = {
  path: 'callback',
  method: 'GET',
  serve: async (needs, request, cookies) => {
    const { configuration, keeper, provider, transactions } = needs
    const { baseUrl } = configuration
    const { searchParams } = new URL(request.url)
    const transaction = await transactions.find(searchParams.get('state'), cookies)
    if (transaction === undefined) {
      // Reloaded, or back by the browser's button: who is signed in need not see an error, and nothing changes.
      const { auth } = await openSession(needs.sessions, cookies, { canSet: () => false })
      if (auth.isSignedIn) return redirect(`${baseUrl.origin}${baseUrl.path}/`, [], baseUrl.isSecure)
    }
    const over = transaction ? [transactions.end(transaction)] : []
    try {
      const code = readAuthorizationResponse(searchParams, transaction, await provider.metadata())
      // Checked above: without one there is no code.
      const begun = await begin(needs, code, transaction as Transaction)
      const changes = [...(await keeper.begin(begun, cookies)), ...over]
      const returnTo = readReturnTo((transaction as Transaction).returnTo, baseUrl.origin, `${baseUrl.path}/`)
      return redirect(baseUrl.origin + returnTo, changes, baseUrl.isSecure)
    } catch (error) {
      const answer = await needs.refuse(error, request)
      applyChanges(answer.headers, over, baseUrl.isSecure)
      return answer
    }
  },
}

/** Redeems the code; what comes is believed after every check of OpenID Connect Core §3.1.3.7. */
async function begin(
  { configuration, provider }: RouteNeeds,
  code: string,
  transaction: Transaction,
): Promise<SessionData> {
  const { clientId, resources, issuer, scope } = configuration
  const [first] = resources
  const { codeVerifier, redirectUri, nonce, maxAge, acrValues } = transaction
  const response = await provider.redeem(code, redirectUri, codeVerifier, first)
  const { id_token: idToken, refresh_token: issued } = response
  if (idToken === undefined)
    throw new AuthlyError('invalid_response', { description: 'there is no ID token' })
  const claims = await provider.verifier.idToken(idToken, await provider.metadata(), {
    clientId,
    transaction: { nonce, ...(maxAge === undefined ? {} : { maxAge }) },
  })
  if (acrValues && !acrValues.includes(claims.acr ?? ''))
    throw failure('unmet_authentication_requirements', 'none of the acr_values was reached')

  const tokens = [heldFrom(response, first)]
  let refreshToken = issued
  // Of one refresh token all the others: see createRenew.
  const more = async (resource: Resource) => {
    if (issued === undefined) return undefined
    const answer = await provider.refresh(issued, resource)
    refreshToken = answer.refresh_token ?? refreshToken
    return heldFrom(answer, resource)
  }
  for (const resource of resources.slice(1)) {
    const held = await more(resource)
    if (held) tokens.push(held)
  }
  // Userinfo takes a token that is for the issuer; one for an API is for that API alone.
  const forUserinfo = needsUserinfo(configuration, claims)
    ? first === undefined
      ? tokens[0]
      : await more(issuer)
    : undefined
  const profile = forUserinfo ? await provider.userinfo(forUserinfo.token, claims) : {}
  const { nonce: _nonce, at_hash: _hash, ...told } = claims
  const now = Date.now()
  return {
    version: 1,
    id: randomToken(),
    ...{ startedAt: now, usedAt: now, generation: 0, idToken, tokens },
    // The ID token is signed: nothing takes the place of what it says.
    user: { ...profile, ...told } as IdTokenClaims,
    scope: response.scope ?? scope,
    ...(refreshToken === undefined ? {} : { refreshToken }),
  }
}

/** Some clients have these claims in their ID tokens (`scope_claims_in_id_token`). */
const needsUserinfo = ({ userinfo }: { userinfo: boolean }, claims: IdTokenClaims): boolean =>
  userinfo && !['name', 'email', 'preferred_username', 'phone_number'].some((claim) => claim in claims)
