/**
 * The authorization response in the mode that was asked for (`response-modes/`), always with `iss`: as a parameter (RFC
 * 9207), or in the JWT that has all of them (JARM).
 */
import type { Encrypt } from '../../clients/encryption.ts'
import { explain } from '../../kit/explain.ts'
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
 * @param encrypt for a signed response, as it was prepared before anything was used up
 * @param language of the form_post page
 */
export async function authorizationResponse(
  needs: AuthorizationResponseNeeds,
  target: RedirectTarget,
  response: ResponseParameters,
  encrypt: Encrypt | undefined,
  language: () => Promise<Language>,
): Promise<Response> {
  const sent = await parametersOf(needs, target, response, encrypt)
  const rendered = await target.response_mode.render(target.redirect_uri, sent, language)
  if ('code' in response) return rendered
  const { error, description, descriptionForLog = description, detail } = response.refusal
  return explain(rendered, { error, description: descriptionForLog, detail })
}

async function parametersOf(
  needs: AuthorizationResponseNeeds,
  target: RedirectTarget,
  response: ResponseParameters,
  encrypt: Encrypt | undefined,
): Promise<Readonly<Record<string, string>>> {
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
  if (!target.response_mode.signed) return parameters
  const { signedResponse } = await import('./signed-response.ts')
  return { response: await signedResponse(needs, target, parameters, encrypt) }
}
