/** What OAuth endpoints answer on the wire: success and refusal alike leave here. */
import { crossOriginHeaders } from '../kit/cross-origin.ts'
import { explain } from '../kit/explain.ts'
import { noStoreHeaders } from '../kit/response.ts'
import type { OAuthRefusal } from './refusal.ts'

/** Headers every OAuth response carries (RFC 6749 §5.1). */
export const oauthHeaders = { ...noStoreHeaders, pragma: 'no-cache', ...crossOriginHeaders } as const

/** Built once: copying a Headers object costs a third of building one from a record. */
const jsonHeaders = new Headers({ 'content-type': 'application/json;charset=UTF-8', ...oauthHeaders })

/** A JSON response that no cache keeps. */
export function oauthJson(
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const response = new Response(JSON.stringify(body), { status, headers: jsonHeaders })
  for (const name in headers) response.headers.set(name, headers[name] as string)
  return response
}

/** RFC 6749 §5.2 on the wire. */
export function renderOAuthRefusal(refusal: OAuthRefusal): Response {
  const { error, description, detail } = refusal
  const response = oauthJson({ error, error_description: description }, refusal.status, {
    ...refusal.headers,
    ...(refusal.challenge ? { 'www-authenticate': refusal.challenge } : {}),
  })
  return explain(response, { error, description, detail })
}
