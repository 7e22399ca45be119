/**
 * The authorization response in the mode that was asked for (`response-modes/`), always with `iss`: as a parameter (RFC
 * 9207), or in the JWT that has all of them (JARM).
 */
import { explain } from '../../kit/explain.ts'
import { ok, type Result } from '../../kit/result.ts'
import type { Language } from '../../messages/choose-language.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { RedirectTarget } from './redirect-target.ts'
import type { SignedResponseNeeds } from './signed-response.ts'

export type ResponseParameters =
  | { readonly code: string; readonly session_state?: string | undefined }
  | { readonly refusal: OAuthRefusal }

export interface AuthorizationResponseNeeds extends SignedResponseNeeds {
  readonly config: { readonly issuer: string }
}

/**
 * Renders success or refusal at the validated target.
 * @param language of the form_post page
 * @returns a refusal to be shown here, when the response cannot be encrypted to the client
 */
export async function authorizationResponse(
  needs: AuthorizationResponseNeeds,
  target: RedirectTarget,
  response: ResponseParameters,
  language: () => Promise<Language>,
): Promise<Result<Response, OAuthRefusal>> {
  const sent = await parametersOf(needs, target, response)
  if (!sent.ok) return sent
  const rendered = await target.response_mode.render(target.redirect_uri, sent.value, language)
  if ('code' in response) return ok(rendered)
  const { error, description, descriptionForLog = description, detail } = response.refusal
  return ok(explain(rendered, { error, description: descriptionForLog, detail }))
}

async function parametersOf(
  needs: AuthorizationResponseNeeds,
  target: RedirectTarget,
  response: ResponseParameters,
): Promise<Result<Readonly<Record<string, string>>, OAuthRefusal>> {
  const parameters = {
    ...('code' in response
      ? {
          code: response.code,
          ...(response.session_state !== undefined && { session_state: response.session_state }),
        }
      : { error: response.refusal.error, error_description: response.refusal.description }),
    ...(target.state === undefined ? {} : { state: target.state }),
    iss: needs.config.issuer,
  }
  if (!target.response_mode.signed) return ok(parameters)
  const { signedResponse } = await import('./signed-response.ts')
  const signed = await signedResponse(needs, target, parameters)
  return signed.ok ? ok({ response: signed.value }) : signed
}
