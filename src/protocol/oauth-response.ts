/** Responses of the OAuth endpoints: success and refusal alike. */
import { crossOriginHeaders } from '../kit/cross-origin.ts'
import { explain } from '../kit/explain.ts'
import { noStoreHeaders } from '../kit/json-response.ts'
import type { OAuthRefusal } from './refusal.ts'

/** Headers every OAuth response carries (RFC 6749 §5.1). */
export const oauthHeaders = { ...noStoreHeaders, pragma: 'no-cache', ...crossOriginHeaders } as const

/** Built once: copying a Headers object costs a third of building one from a record. */
const jsonHeaders = new Headers({ 'content-type': 'application/json;charset=UTF-8', ...oauthHeaders })

/** An uncacheable JSON response. */
export function oauthJson(
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const response = new Response(JSON.stringify(body), { status, headers: jsonHeaders })
  for (const name in headers) response.headers.set(name, headers[name] as string)
  return response
}

/** The response for a refusal (RFC 6749 §5.2). */
export function renderOAuthRefusal(refusal: OAuthRefusal): Response {
  const { error, description, descriptionForLog = description, detail } = refusal
  const response = oauthJson({ error, error_description: description }, refusal.status, {
    ...refusal.headers,
    ...(refusal.challenge ? { 'www-authenticate': refusal.challenge } : {}),
  })
  return explain(response, { error, description: descriptionForLog, detail })
}
