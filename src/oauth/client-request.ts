/** The common part of introspection and revocation: a form, an authenticated client, and a `token` parameter. */
import type { Origin } from '../audit/event.ts'
import type { Client } from '../clients/client.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { readForm } from '../protocol/form.ts'
import { invalidRequest, type OAuthRefusal } from '../protocol/refusal.ts'
import { type AuthenticateClientNeeds, authenticateClient } from './client-auth/authenticate-client.ts'

export interface ClientRequest {
  readonly client: Client
  readonly token: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Reads such a request (RFC 7009 §2.1, RFC 7662 §2.1). `token_type_hint` is ignored: a token's format shows its
 * type.
 */
export async function readClientRequest(
  needs: AuthenticateClientNeeds,
  request: Request,
  origin: Origin,
): Promise<Result<ClientRequest, OAuthRefusal>> {
  const form = await readForm(request)
  if (!form.ok) return form
  const authenticated = await authenticateClient(needs, request, form.value, origin)
  if (!authenticated.ok) return authenticated
  const token = form.value.get('token')
  return token === undefined
    ? err(invalidRequest('token is missing'))
    : ok({ client: authenticated.value.client, headers: authenticated.value.headers, token })
}
