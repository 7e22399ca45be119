/** Client authentication (RFC 6749 §2.3) at the token, introspection and revocation endpoints. */
import { createEvent } from '../../audit/create-event.ts'
import type { Origin, RecordEvent } from '../../audit/event.ts'
import type { Client, FindClient } from '../../clients/client.ts'
import { sha256 } from '../../kit/hash.ts'
import { networkOf } from '../../kit/network.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import {
  acceptedAuthMethods,
  type ClientAuthMethod,
  usesCertificate,
  usesSecret,
} from '../../protocol/client-auth-methods.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import { rateLimitHeaders } from '../../rate-limits/rate-limit-headers.ts'
import type { RateLimiter } from '../../rate-limits/rate-limiter.ts'
import { tooManyRequests } from '../too-many-requests.ts'
import type { ClientAuthNeeds } from './define-method.ts'
import { clientAuthenticators } from './index.ts'
import {
  challengedClient,
  invalidClient,
  type PresentedCredentials,
  readClientCredentials,
} from './presented-credentials.ts'

export interface AuthenticateClientNeeds extends ClientAuthNeeds {
  readonly findClient: FindClient
  readonly rateLimiter: RateLimiter
  readonly recordEvent: RecordEvent
}

export interface AuthenticatedClient {
  readonly client: Client
  /** `RateLimit` headers for the response, whatever its outcome. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Authenticates the client that sends a request. Unknown client, wrong method and wrong secret look the same from
 * outside. Takes a permit: from the client once it is authenticated, else from the address that failed.
 */
export async function authenticateClient(
  needs: AuthenticateClientNeeds,
  request: Request,
  form: Parameters,
  origin: Origin,
): Promise<Result<AuthenticatedClient, OAuthRefusal>> {
  const presented = readClientCredentials(request.headers.get('authorization'), form)
  if (!presented.ok) return presented
  const address = origin.ip ?? 'unknown'
  // Made-up ids must not cause unlimited calls to the replica and Postgres. Clients in use are still served: they
  // may share the address (carrier-grade NAT) with an attacker.
  const onlyKnown = needs.rateLimiter.isSpent('token-ip-unauthenticated', address)
  const verified = await verifyCredentials(needs, presented.value, request, { onlyKnown })
  if (!verified.ok) {
    const taken = await needs.rateLimiter.take('token-ip-unauthenticated', address)
    const headers = rateLimitHeaders(taken)
    if (!taken.allowed) return err(tooManyRequests(headers))
    const { reason, method, description = 'client authentication failed' } = verified.error
    recordFailure(needs, { ...presented.value, method: method ?? presented.value.method }, reason, origin)
    const refused = presented.value.method === 'client_secret_basic' ? challengedClient : invalidClient
    return err({ ...refused(description, reason), headers })
  }
  const client = verified.value
  // The id of a public client is not secret: without the address, anyone could use up its permits.
  const subject =
    client.token_endpoint_auth_method === 'none'
      ? `${client.client_id}|${networkOf(address)}`
      : client.client_id
  const taken = await needs.rateLimiter.take('token-client', subject)
  const headers = rateLimitHeaders(taken)
  return taken.allowed ? ok({ client, headers }) : err(tooManyRequests(headers))
}

interface NotProven {
  /** For the log. */
  readonly reason: string
  /** The method, where only the registration of the client shows it. */
  readonly method?: ClientAuthMethod
  /** What the response may reveal, if more than that authentication failed. */
  readonly description?: string
}

async function verifyCredentials(
  needs: AuthenticateClientNeeds,
  { clientId, method: presented, proof }: PresentedCredentials,
  request: Request,
  lookup: { readonly onlyKnown: boolean },
): Promise<Result<Client, NotProven>> {
  const client = await needs.findClient(clientId, lookup)
  if (!client) {
    // An unknown client must take as much time as one whose secret is wrong.
    if (usesSecret(presented)) await sha256(proof)
    return err({ reason: 'unknown client' })
  }
  const method = methodOf(client, presented)
  const authenticator = clientAuthenticators.find((known) => known.method === method)
  if (!authenticator) return err({ reason: 'method is not supported' })
  const { auth_methods, profile } = client.rules
  const isOfProfile = auth_methods?.includes(method) ?? true
  const isAccepted = acceptedAuthMethods(client).includes(method) && isOfProfile
  if (!isAccepted && !usesSecret(method)) return err({ reason: `method is ${method}` })
  const reason = await authenticator.verify(needs, client, proof, request)
  if (reason !== undefined) return err({ reason, method })
  if (isAccepted) return ok(client)
  // The holder of the secret may know how it is to be sent; nobody else learns it.
  const registered = client.token_endpoint_auth_method
  if (!isOfProfile) {
    const description = `the profile ${profile} does not accept ${method}`
    return err({ reason: `method is ${method}`, description })
  }
  return err({
    reason: `method is ${method}`,
    ...(usesSecret(registered) ? { description: `this client is registered for ${registered}` } : {}),
  })
}

/**
 * RFC 8705 §2: with mutual TLS a request carries the client id alone, as that of a public client does, whose connection
 * may present a certificate as well. The registration tells which it is. Attack: a client of mutual TLS that is taken
 * for a public one because the certificate is left out.
 */
const methodOf = (client: Client, presented: ClientAuthMethod): ClientAuthMethod =>
  presented === 'none' && usesCertificate(client.token_endpoint_auth_method)
    ? client.token_endpoint_auth_method
    : presented

function recordFailure(
  needs: AuthenticateClientNeeds,
  presented: PresentedCredentials,
  reason: string,
  origin: Origin,
): void {
  needs.recordEvent(
    createEvent('client.authentication_failed', needs.now(), origin, {
      outcome: 'failure',
      actor_type: 'anonymous',
      // No client has a longer id: made-up ids must not write more than that into the audit trail.
      client_id: presented.clientId.slice(0, 128),
      data: { method: presented.method, reason },
    }),
  )
}
