/** Requests that every target gets in the same form. */
import { createHash } from 'node:crypto'
import type { HttpRequest } from '../target.ts'

/** Work is spread over this many people, each with a Durable Object of their own. */
export const userCount = 1_000

/** One PKCE verifier for all runs: the server's work does not depend on its value. */
export const verifier = 'authly-bench-verifier-authly-bench-verifier-0123456789'
export const challenge = createHash('sha256').update(verifier).digest('base64url')

export function formPost(path: string, fields: Readonly<Record<string, string>>): HttpRequest {
  // Placeholders must reach the load generator as they are.
  const body = new URLSearchParams(fields).toString().replace(/%7B(token|code)%7D/g, '{$1}')
  return { method: 'POST', path, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body }
}

/** A code-flow request with PKCE, as an ordinary web application sends it. */
export const authorizeParameters = (clientId: string, redirectUri: string, scope: string) => ({
  ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope },
  ...{ state: 'af0ifjsldkjaf0ifjsldkj', nonce: 'n-0S6_WzA2Mj' },
  ...{ code_challenge: challenge, code_challenge_method: 'S256' },
})

export const authorizeQuery = (clientId: string, redirectUri: string, scope: string): string =>
  new URLSearchParams(authorizeParameters(clientId, redirectUri, scope)).toString()
