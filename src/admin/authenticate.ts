/**
 * Authenticates an admin request: a live access token of ours (RFC 9068), used by its holder, from an allowed address, with the scope of
 * the operation, signed where required, and with a recent sign-in for dangerous operations. Postgres checks the
 * holder's permission together with the work (`authorized-database.store.ts`). The order is deliberate: a caller
 * without a live token learns nothing else.
 */

import type { Actor, Caller, LiveToken } from '../access/actor.ts'
import { authorize } from '../access/authorize-actor.ts'
import type { Authorized } from '../access/authorized.ts'
import type { Origin } from '../audit/event.ts'
import { includedClasses } from '../authentication/acr.ts'
import { calledOrigin } from '../certificates/mtls-settings.ts'
import type { Client } from '../clients/client.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type CheckedSender, checkSender } from '../oauth/sender-constraints/check-sender.ts'
import { type PresentedToken, readPresentedToken } from '../oauth/sender-constraints/presented-token.ts'
import { inspectFor, proofUsedAtResource } from '../oauth/sender-constraints/spend-proof.ts'
import { isAdminScope } from '../protocol/scope-parameter.ts'
import { confirmationOf, type TokenType } from '../protocol/token-confirmation.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { RateLimitDecision } from '../rate-limits/rate-limiter.ts'
import type { Settings } from '../settings/settings.ts'
import { accessTokenType } from '../tokens/access-token.ts'
import { locateToken, type TokenAddress } from '../tokens/token-id.ts'
import { isAllowedFrom } from './ip-allow-list.ts'
import type { Operation } from './operation.ts'
import { insufficientScope, ipNotAllowed, senderUnproven, tooManyRequests, unauthorized } from './problems.ts'
import { maxJsonBytes } from './read-input.ts'
import { recordDenial } from './record-denial.ts'
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
  readonly actor: Caller
  readonly authorized: Authorized
  readonly token: LiveToken
  readonly scheme: TokenType
  /** Read the body from this request: if it is signed, its body is checked. */
  readonly request: Request
  /** Of a signed upload, once it has been read: why it is refused. */
  readonly bodyProblem?: () => Problem | undefined
}

export interface Authentication {
  readonly outcome: Result<Authenticated, Problem>
  /** `RateLimit` headers for the response, whatever its status, and a nonce for the next proof. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Authenticates one request: one Durable Object call to check that the token is live, and one more for a signed
 * request.
 *
 * Attack: an application that an administrator merely signed in to uses up the administrator's permits with its own
 * token. So a request is charged to the holder of the token only if the token is live, has the scope of the operation
 * and comes from an address its client may use. Everything else is charged to the address, and what is known to fail
 * without I/O is charged before any further check.
 */
export async function authenticate(
  needs: AuthenticateNeeds,
  request: Request,
  operation: CalledOperation,
  origin: Origin,
): Promise<Authentication> {
  const { rateLimiter } = needs
  const bearer = await readBearer(needs, request, operation)
  const holder =
    bearer.ok && isExpected(bearer.value, operation, origin) ? subjectOf(bearer.value.actor) : undefined
  const chargeAddress = () => rateLimiter.take('admin-ip-unauthenticated', origin.ip ?? 'unknown')
  const chargeHolder = (subject: string) => rateLimiter.take('admin-actor', subject)
  let paid: RateLimitDecision | undefined
  if (holder === undefined) paid = await chargeAddress()
  // A holder without permits is refused before the object is called: that call would be charged to nobody.
  else if (rateLimiter.isSpent('admin-actor', holder)) paid = await chargeHolder(holder)
  if (paid && !paid.allowed) return answer(err(tooManyRequests), paid)

  const heard = bearer.ok ? await hear(needs, operation, origin, bearer.value) : bearer
  paid ??= await (heard.ok && holder !== undefined ? chargeHolder(holder) : chargeAddress())
  if (!paid.allowed) return answer(err(tooManyRequests), paid)
  const sender = bearer.ok ? bearer.value.sender : undefined
  if (heard.ok) return answer(await admit(needs, request, operation, origin, heard.value), paid, sender)
  if (bearer.ok && isTelling(bearer.value.actor, heard.error)) {
    recordDenial(needs, operation, bearer.value.actor, origin, heard.error)
  }
  return answer(heard, paid, sender)
}

/**
 * For a token without administrative scopes, only a refused address is recorded: lacking a scope is no attempt to gain
 * one.
 */
const isTelling = (actor: Caller, problem: Problem): boolean =>
  problem === ipNotAllowed || (problem.status === 403 && actor.scopes.some(isAdminScope))

const answer = (
  outcome: Result<Authenticated, Problem>,
  paid: RateLimitDecision,
  sender?: CheckedSender,
): Authentication => ({
  outcome,
  headers: sender?.headers ? { ...rateLimitHeaders(paid), ...sender.headers } : rateLimitHeaders(paid),
})

const subjectOf = (actor: Actor): string => `${actor.type}:${actor.id}`

/** Decided by what is known without I/O. */
const isExpected = ({ actor, client }: Bearer, operation: CalledOperation, { ip }: Origin): boolean =>
  actor.scopes.includes(operation.permission) && isAllowedFrom(client.admin_ip_allow_list ?? [], ip)

interface Bearer {
  readonly actor: Caller
  readonly client: Client
  readonly token: LiveToken
  readonly address: TokenAddress
  readonly scheme: TokenType
  readonly sender: CheckedSender
}

/** A bearer with a live token, and the settings read meanwhile. */
interface Heard extends Bearer {
  readonly authorized: Authorized
  readonly settings: Settings
}

/** Tokens that have ended. That is final, so their objects are not asked again; entries go with the cached token. */
const deadTokens = new WeakSet<TokenAddress>()

/** The holder of the token, by its signature alone: no I/O except for the client, which is cached. */
async function readBearer(
  needs: Pick<AuthenticateNeeds, 'config' | 'root' | 'now' | 'verifyJwt' | 'findClient'>,
  request: Request,
  operation: CalledOperation,
): Promise<Result<Bearer, Problem>> {
  const presented = bearerOf(request, operation)
  if (presented === undefined) return err(unauthorized())
  const { scheme, token: text } = presented
  const claims = text === '' ? undefined : await needs.verifyJwt(text, { typ: accessTokenType })
  // Attack: an API replays here a token it received (RFC 9068 §4). One for this server alone was never sent to an API.
  if (claims?.aud !== needs.config.issuer) {
    return err(unauthorized('invalid_token', 'expired, not of this server, or for another API', scheme))
  }
  const clientId = String(claims['client_id'])
  const address = await locateToken(needs.root, claims)
  const client = address && (await needs.findClient(clientId))
  if (!address || !client || deadTokens.has(address)) {
    return err(unauthorized('invalid_token', 'it has ended, or its client is gone', scheme))
  }
  const checking = checkSender(needs, {
    ...{ request, presented, cnf: confirmationOf(claims) },
    findClient: async () => client,
  })
  const sender = checking instanceof Promise ? await checking : checking
  if (!sender.ok) return err(senderUnproven(sender.error))
  const isPerson = address.grantId !== undefined
  const actor: Caller = {
    type: isPerson ? 'user' : 'client',
    id: isPerson ? address.subject : clientId,
    clientId,
    scopes: typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [],
    authTime: typeof claims['auth_time'] === 'number' ? claims['auth_time'] : undefined,
    acr: typeof claims['acr'] === 'string' ? claims['acr'] : undefined,
    reached: typeof claims['acr'] === 'string' ? includedClasses(claims['acr']) : undefined,
  }
  const token = { ...address, expiresAtSeconds: claims.exp ?? 0 }
  return ok({ actor, client, token, address, scheme, sender: sender.value })
}

/** The token as presented: empty if malformed, undefined if there is none. */
function bearerOf(request: Request, { upgrade }: CalledOperation): PresentedToken | undefined {
  const header = request.headers.get('authorization')
  const [protocol, token] = (request.headers.get('sec-websocket-protocol') ?? '').split(/\s*,\s*/)
  if (header === null && upgrade && protocol === 'authly.bearer')
    return { scheme: 'Bearer', token: token ?? '' }
  return header === null ? undefined : (readPresentedToken(request) ?? { scheme: 'Bearer', token: '' })
}

/** Checks that the token is live, may be used from this address and has the scope. */
async function hear(
  needs: Pick<AuthenticateNeeds, 'now' | 'sessionsOf' | 'readSettings'>,
  operation: CalledOperation,
  origin: Origin,
  bearer: Bearer,
): Promise<Result<Heard, Problem>> {
  const { actor, client, token, address, scheme } = bearer
  const [inspected, settings] = await Promise.all([
    inspectFor(needs.sessionsOf(token.subject), bearer.sender.proof, {
      now: needs.now(),
      kind: 'access',
      grant_id: token.grantId,
      jti_hash: token.jtiHash,
    }),
    needs.readSettings(),
  ])
  if (inspected.status === 'proof_used') return err(senderUnproven(proofUsedAtResource))
  if (inspected.status !== 'live') {
    deadTokens.add(address)
    return err(unauthorized('invalid_token', `the token is ${inspected.status}`, scheme))
  }
  const lists = [settings['admin.ip_allow_list'], client.admin_ip_allow_list ?? []]
  if (!lists.every((list) => isAllowedFrom(list, origin.ip))) return err(ipNotAllowed)
  const authorized = authorize(actor, operation.permission)
  return authorized
    ? ok({ ...bearer, authorized, settings })
    : err(insufficientScope(operation.permission, scheme))
}

async function admit(
  needs: AuthenticateNeeds,
  request: Request,
  operation: CalledOperation,
  origin: Origin,
  { actor, authorized, client, token, scheme, settings }: Heard,
): Promise<Result<Authenticated, Problem>> {
  const denied = (problem: Problem): Result<Authenticated, Problem> => {
    recordDenial(needs, operation, actor, origin, problem)
    return err(problem)
  }
  const signature = await checkSignature(needs, {
    ...{ request, client, issuer: calledOrigin(request.url, needs.config), hasBody: hasBody(request) },
    isRequired: mustSign(settings['admin.request_signing'], client, operation),
  })
  if ('problem' in signature) return denied(signature.problem)
  const stepUp = checkStepUp(needs.now(), settings, operation, actor, scheme)
  if (stepUp) return err(stepUp)
  if (!signature.isSigned) return ok({ actor, authorized, token, scheme, request })
  const checked = await withCheckedBody(request, {
    isStreamed: operation.upload !== undefined,
    maxBytes: maxJsonBytes,
  })
  if (checked.ok)
    return ok({ actor: { ...actor, isSigned: true }, authorized, token, scheme, ...checked.value })
  return denied(checked.error)
}
