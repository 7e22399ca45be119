/**
 * Who calls, and whether this very request may be listened to: an access token of ours (RFC 9068) that still
 * lives, from an allowed address, with the scope of the operation, signed where that is required, and recently
 * signed in for what is dangerous. Whether its holder may do it is asked in Postgres, together with the work
 * (`authorized-database.store.ts`). The order is deliberate: who has no live token learns nothing but that.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { Client } from '../clients/client.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { accessTokenType } from '../oauth/access-token.ts'
import { locateToken } from '../oauth/token-id.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { Actor, LiveToken } from './actor.ts'
import { isAllowedFrom } from './ip-allow-list.ts'
import type { Operation } from './operation.ts'
import { insufficientScope, ipNotAllowed, tooManyRequests, unauthorized } from './problems.ts'
import { maxJsonBytes } from './read-input.ts'
import { checkSignature, mustSign } from './request-signing.ts'
import { hasBody, withCheckedBody } from './signed-body.ts'
import { checkStepUp } from './step-up.ts'

export type AuthenticateNeeds = Pick<
  Dependencies,
  | 'config'
  | 'root'
  | 'now'
  | 'verifyJwt'
  | 'findClient'
  | 'fetchClientJwks'
  | 'sessionsOf'
  | 'spendOnce'
  | 'rateLimiter'
  | 'recordEvent'
  | 'readSettings'
>

type CalledOperation = Pick<Operation, 'id' | 'method' | 'permission' | 'dangerous' | 'upload' | 'upgrade'>

export interface Authenticated {
  readonly actor: Actor
  readonly token: LiveToken
  /** To read the body from: a signed request's body is checked. */
  readonly request: Request
  /** Of a signed upload, once it was read: why it does not count. */
  readonly bodyProblem?: () => Problem | undefined
}

export interface Authentication {
  readonly outcome: Result<Authenticated, Problem>
  /** `RateLimit` headers for the response, whatever it will be. */
  readonly headers: Readonly<Record<string, string>>
}

/** Judges one request. One Durable Object call (does the token still live?), and one more for a signed request. */
export async function authenticate(
  needs: AuthenticateNeeds,
  request: Request,
  operation: CalledOperation,
  origin: Origin,
): Promise<Authentication> {
  const bearer = await readBearer(needs, request, operation)
  const taken = bearer.ok
    ? await needs.rateLimiter.take('admin-actor', `${bearer.value.actor.type}:${bearer.value.actor.id}`)
    : await needs.rateLimiter.take('admin-ip-unauthenticated', origin.ip ?? 'unknown')
  const headers = rateLimitHeaders(taken)
  if (!taken.allowed) return { outcome: err(tooManyRequests), headers }
  const outcome = bearer.ok ? await admit(needs, request, operation, origin, bearer.value) : bearer
  return { outcome, headers }
}

interface Bearer {
  readonly actor: Actor
  readonly client: Client
  readonly token: LiveToken
}

/** The holder of the token, by its signature alone: no I/O but the client, which is cached. */
async function readBearer(
  needs: Pick<AuthenticateNeeds, 'config' | 'root' | 'verifyJwt' | 'findClient'>,
  request: Request,
  operation: CalledOperation,
): Promise<Result<Bearer, Problem>> {
  const presented = bearerOf(request, operation)
  if (presented === undefined) return err(unauthorized())
  const claims = presented === '' ? undefined : await needs.verifyJwt(presented, { typ: accessTokenType })
  // Attack: an API uses a token it was sent (RFC 9068 §4). One for this server alone was never sent to another.
  if (claims?.aud !== needs.config.issuer) return err(unauthorized('invalid_token'))
  const clientId = String(claims['client_id'])
  const address = await locateToken(needs.root, claims)
  const client = address && (await needs.findClient(clientId))
  if (!address || !client) return err(unauthorized('invalid_token'))
  const isPerson = address.grantId !== undefined
  const actor: Actor = {
    type: isPerson ? 'user' : 'client',
    id: isPerson ? address.subject : clientId,
    clientId,
    scopes: typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [],
    authTime: typeof claims['auth_time'] === 'number' ? claims['auth_time'] : undefined,
    acr: typeof claims['acr'] === 'string' ? claims['acr'] : undefined,
  }
  const token = { ...address, expiresAtSeconds: claims.exp ?? 0 }
  return ok({ actor, client, token })
}

/** The token as presented; empty when it is no token, undefined without any. */
function bearerOf(request: Request, { upgrade }: CalledOperation): string | undefined {
  const header = request.headers.get('authorization')
  const [protocol, token] = (request.headers.get('sec-websocket-protocol') ?? '').split(/\s*,\s*/)
  if (header === null && upgrade && protocol === 'authly.bearer') return token ?? ''
  return header === null ? undefined : (/^bearer ([\w.~+/=-]+)$/i.exec(header)?.[1] ?? '')
}

async function admit(
  needs: AuthenticateNeeds,
  request: Request,
  operation: CalledOperation,
  origin: Origin,
  { actor, client, token }: Bearer,
): Promise<Result<Authenticated, Problem>> {
  const [inspected, settings] = await Promise.all([
    needs.sessionsOf(token.subject).inspectToken({
      now: needs.now(),
      kind: 'access',
      grant_id: token.grantId,
      jti_hash: token.jtiHash,
    }),
    needs.readSettings(),
  ])
  if (inspected.status !== 'live') return err(unauthorized('invalid_token'))
  const denied = (problem: Problem): Result<Authenticated, Problem> => {
    recordDenial(needs, operation, actor, origin, problem)
    return err(problem)
  }
  const lists = [settings['admin.ip_allow_list'], client.admin_ip_allow_list ?? []]
  if (!lists.every((list) => isAllowedFrom(list, origin.ip))) return denied(ipNotAllowed)
  if (!actor.scopes.includes(operation.permission)) return err(insufficientScope(operation.permission))
  const signature = await checkSignature(needs, {
    ...{ request, client, issuer: needs.config.issuer, hasBody: hasBody(request) },
    isRequired: mustSign(settings['admin.request_signing'], client, operation),
  })
  if ('problem' in signature) return denied(signature.problem)
  const stepUp = checkStepUp(needs.now(), settings, operation, actor)
  if (stepUp) return err(stepUp)
  if (!signature.isSigned) return ok({ actor, token, request })
  const checked = await withCheckedBody(request, {
    isStreamed: operation.upload !== undefined,
    maxBytes: maxJsonBytes,
  })
  if (checked.ok) return ok({ actor: { ...actor, isSigned: true }, token, ...checked.value })
  return denied(checked.error)
}

/** A live token from a wrong place or with a wrong signature is perhaps a stolen one: the trail shall know. */
function recordDenial(
  needs: Pick<AuthenticateNeeds, 'now' | 'recordEvent'>,
  operation: CalledOperation,
  actor: Actor,
  origin: Origin,
  problem: Problem,
): void {
  needs.recordEvent(
    createEvent('admin.access_denied', needs.now(), origin, {
      outcome: 'failure',
      actor_type: actor.type,
      actor_id: actor.id,
      client_id: actor.clientId,
      data: {
        operation: operation.id,
        reason: problem.code,
        ...(problem.detail ? { detail: problem.detail } : {}),
      },
    }),
  )
}
