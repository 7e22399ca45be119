/**
 * The checks of an authorization request, in order. Checks before the `RedirectTarget` refuse locally; those in
 * `stages` respond at the client's redirect URI. A new check is one file and one line here.
 */
import type { Client, FindClient } from '../../clients/client.ts'
import { isAddress } from '../../clients/find-client.ts'
import { maxInteractionParametersLength } from '../../interaction/interaction.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Messages } from '../../messages/en.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import type { Check, CheckNeeds } from './check.ts'
import { checkAcrValues } from './check-acr-values.ts'
import { checkClaims } from './check-claims.ts'
import { checkDisplay } from './check-display.ts'
import { checkDuplicates } from './check-duplicates.ts'
import { checkMaxAge } from './check-max-age.ts'
import { checkNonce } from './check-nonce.ts'
import { checkPkce } from './check-pkce.ts'
import { checkPrompt } from './check-prompt.ts'
import { checkRequestObject } from './check-request-object.ts'
import { checkResource } from './check-resource.ts'
import { checkResponseType } from './check-response-type.ts'
import { checkScope } from './check-scope.ts'
import { checkSubjectHint } from './check-subject-hint.ts'
import { checkRedirectUri, type RedirectTarget } from './redirect-target.ts'

export const stages = [
  checkDuplicates,
  checkRequestObject,
  checkResponseType,
  checkScope,
  checkPkce,
  checkNonce,
  checkPrompt,
  checkMaxAge,
  checkAcrValues,
  checkClaims,
  checkResource,
  checkDisplay,
  checkSubjectHint,
] as const satisfies readonly Check<object>[]

type PartOf<Stage> = Stage extends Check<infer Part> ? Part : never
type Intersect<Union> = (Union extends unknown ? (part: Union) => void : never) extends (
  part: infer All,
) => void
  ? All
  : never

/** A validated request: the combined results of all stages. */
export type AuthorizeRequest = Intersect<PartOf<(typeof stages)[number]>> & {
  readonly client: Client
  readonly target: RedirectTarget
}

export type CheckedAuthorize =
  | { readonly kind: 'request'; readonly request: AuthorizeRequest }
  | { readonly kind: 'redirect'; readonly target: RedirectTarget; readonly refusal: OAuthRefusal }
  | { readonly kind: 'local'; readonly refusal: OAuthRefusal }

/** Runs the checks. */
export async function checkAuthorizeRequest(
  needs: CheckNeeds & { readonly findClient: FindClient },
  parameters: Parameters,
): Promise<CheckedAuthorize> {
  const validated = await validateTarget(needs, parameters)
  if (!validated.ok) return { kind: 'local', refusal: validated.error }
  const { client, target } = validated.value
  const request = { client, target }
  for (const stage of stages) {
    const outcome = stage(needs, { parameters, client })
    const checked = outcome instanceof Promise ? await outcome : outcome
    if (!checked.ok) return { kind: 'redirect', target, refusal: checked.error }
    Object.assign(request, checked.value)
  }
  return { kind: 'request', request: request as AuthorizeRequest }
}

/** Validates client and redirect URI: until both are valid, nothing may be sent anywhere. */
async function validateTarget(
  needs: { readonly findClient: FindClient },
  parameters: Parameters,
): Promise<Result<{ client: Client; target: RedirectTarget }, OAuthRefusal>> {
  if (parameters.encoded.length > maxInteractionParametersLength) {
    return err(invalidRequest('the request is too long'))
  }
  for (const name of ['client_id', 'redirect_uri', 'state', 'response_mode']) {
    if (!parameters.duplicates.has(name)) continue
    const message = (messages: Messages) => messages.parameterRepeated(name)
    return err(refuse('invalid_request', `${name} is sent more than once`, { message }))
  }
  const clientId = parameters.get('client_id')
  if (clientId === undefined) {
    const message = (messages: Messages) => messages.clientMissing
    return err(refuse('invalid_request', 'client_id is missing', { message }))
  }
  const client = await needs.findClient(clientId)
  if (!client) {
    // Attack: the answer tells what this server could reach. All that may be wrong with a document looks the same.
    const message = (messages: Messages) =>
      isAddress(clientId) ? messages.clientDocumentUnusable : messages.clientUnknown
    return err(refuse('invalid_client', 'client_id is not known', { message }))
  }
  const target = checkRedirectUri(parameters, client)
  return target.ok ? ok({ client, target: target.value }) : target
}
