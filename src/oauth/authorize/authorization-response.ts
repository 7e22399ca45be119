/** The authorization response: query (RFC 6749 §4.1.2) or form_post, always with `iss` (RFC 9207). */
import { explain } from '../../kit/explain.ts'
import type { Language } from '../../messages/choose-language.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { RedirectTarget } from './redirect-target.ts'

export type ResponseParameters =
  | { readonly code: string; readonly session_state?: string | undefined }
  | { readonly refusal: OAuthRefusal }

/**
 * Renders success or refusal at the validated target.
 * @param language of the form_post page
 */
export async function authorizationResponse(
  issuer: string,
  target: RedirectTarget,
  response: ResponseParameters,
  language: () => Promise<Language>,
): Promise<Response> {
  const parameters: Record<string, string> = {
    ...('code' in response
      ? {
          code: response.code,
          ...(response.session_state !== undefined && { session_state: response.session_state }),
        }
      : { error: response.refusal.error, error_description: response.refusal.description }),
    ...(target.state === undefined ? {} : { state: target.state }),
    iss: issuer,
  }
  const rendered =
    target.response_mode === 'form_post'
      ? (await import('./form-post.tsx')).formPost(target, parameters, await language())
      : redirect(target, parameters)
  if ('code' in response) return rendered
  const { error, description, descriptionForLog = description, detail } = response.refusal
  return explain(rendered, { error, description: descriptionForLog, detail })
}

const redirectHeaders = new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })

/** 303, so that a browser never repeats a POST with credentials at the client (RFC 9700 §4.12). */
function redirect(target: RedirectTarget, parameters: Record<string, string>): Response {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const separator = target.redirect_uri.includes('?') ? '&' : '?'
  const response = new Response(null, { status: 303, headers: redirectHeaders })
  response.headers.set('location', `${target.redirect_uri}${separator}${query}`)
  return response
}
