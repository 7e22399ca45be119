/** The token endpoint (RFC 6749 §3.2). Order of checks: form, client, grant type, then the grant itself. */
import type { Origin } from '../audit/event.ts'
import { isConfidential } from '../clients/client.ts'
import { err, type Result } from '../kit/result.ts'
import { readForm } from '../protocol/form.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { count } from '../telemetry/count.ts'
import { observe } from '../telemetry/observe.ts'
import { outcomeOf } from '../telemetry/request-outcome.ts'
import { type AuthenticateClientNeeds, authenticateClient } from './client-auth/authenticate-client.ts'
import type { GrantNeeds, TokenResponse } from './grants/define-grant.ts'
import { grantTypes } from './grants/index.ts'
import { proveSender } from './sender-constraints/prove-sender.ts'

export type TokenNeeds = GrantNeeds & AuthenticateClientNeeds

export interface TokenAnswer {
  readonly result: Result<TokenResponse, OAuthRefusal>
  readonly headers: Readonly<Record<string, string>>
}

const noHeaders = {}

/** Processes a token request. */
export async function answerTokenRequest(
  needs: TokenNeeds,
  request: Request,
  origin: Origin,
): Promise<TokenAnswer> {
  const asked: AskedGrant = { type: 'none', clientId: 'none' }
  try {
    const answer = await answerUncounted(needs, request, origin, asked)
    countTokenRequest(asked, answer.result)
    return answer
  } catch (error) {
    count('authly_token_requests_total', 1, asked.type, 'failed', 'server_error', asked.clientId)
    throw error
  }
}

/** What became known of a request before it was answered, for its metric: only what is registered here. */
interface AskedGrant {
  type: string
  clientId: string
}

function countTokenRequest({ type, clientId }: AskedGrant, result: TokenAnswer['result']): void {
  if (result.ok) {
    count('authly_token_requests_total', 1, type, 'success', '', clientId)
    return
  }
  const { status, error } = result.error
  count('authly_token_requests_total', 1, type, outcomeOf(status, undefined), error, clientId)
}

async function answerUncounted(
  needs: TokenNeeds,
  request: Request,
  origin: Origin,
  asked: AskedGrant,
): Promise<TokenAnswer> {
  const form = await readForm(request)
  if (!form.ok) return { result: form, headers: noHeaders }
  const authenticated = await authenticateClient(needs, request, form.value, origin)
  if (!authenticated.ok) return { result: authenticated, headers: noHeaders }
  const { client, headers } = authenticated.value
  asked.clientId = client.client_id

  const type = form.value.get('grant_type')
  const refused = (refusal: OAuthRefusal): TokenAnswer => ({ result: err(refusal), headers })
  if (type === undefined) return refused(invalidRequest('grant_type is missing'))
  const grantType = grantTypes.find((candidate) => candidate.type === type)
  asked.type = grantType?.type ?? 'unsupported'
  if (!grantType) return refused(refuse('unsupported_grant_type', 'grant_type is not supported'))
  const allowed = client.grant_types.includes(type) && (grantType.clients === 'any' || isConfidential(client))
  if (!allowed) return refused(refuse('unauthorized_client', 'this client may not use this grant_type'))
  const proving = proveSender(needs, { request, client })
  const proven = proving instanceof Promise ? await proving : proving
  if (!proven.ok) return refused(proven.error)
  const sender = proven.value
  const result = await observe('grant', { grant_type: type, client_id: client.client_id }, () =>
    grantType.exchange(needs, { client, form: form.value, origin, sender }),
  )
  return { result, headers: sender.headers ? { ...headers, ...sender.headers } : headers }
}
