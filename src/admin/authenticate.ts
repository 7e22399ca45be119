/**
 * Who calls: an access token of ours (RFC 9068) that still lives, with the scope of the operation. Whether its
 * holder may do it is asked in Postgres, together with the work (`authorized-database.store.ts`).
 */
import type { Origin } from '../audit/event.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { accessTokenType } from '../oauth/access-token.ts'
import { locateToken } from '../oauth/token-id.ts'
import type { Actor } from './actor.ts'
import type { Operation } from './operation.ts'
import { insufficientScope, stepUpRequired, unauthorized } from './problems.ts'

export type AuthenticateNeeds = Pick<
  Dependencies,
  'config' | 'root' | 'now' | 'verifyJwt' | 'findClient' | 'sessionsOf' | 'readSettings'
>

/** The caller of `operation`. One Durable Object call: does the token still live? */
export async function authenticate(
  needs: AuthenticateNeeds,
  request: Request,
  operation: Pick<Operation, 'permission' | 'dangerous'>,
  _origin: Origin,
): Promise<Result<Actor, Problem>> {
  const header = request.headers.get('authorization')
  const token = header === null ? undefined : /^bearer ([\w.~+/=-]+)$/i.exec(header)?.[1]
  if (token === undefined) return err(unauthorized(header === null ? undefined : 'invalid_token'))
  const claims = await needs.verifyJwt(token, { typ: accessTokenType })
  if (!claims || ![claims.aud ?? []].flat().includes(needs.config.issuer))
    return err(unauthorized('invalid_token'))
  const clientId = String(claims['client_id'])
  const address = await locateToken(needs.root, claims)
  if (!address || !(await needs.findClient(clientId))) return err(unauthorized('invalid_token'))
  const inspected = await needs.sessionsOf(address.subject).inspectToken({
    now: needs.now(),
    kind: 'access',
    grant_id: address.grantId,
    jti_hash: address.jtiHash,
  })
  if (inspected.status !== 'live') return err(unauthorized('invalid_token'))
  const isPerson = address.grantId !== undefined
  const actor: Actor = {
    type: isPerson ? 'user' : 'client',
    id: isPerson ? address.subject : clientId,
    clientId,
    scopes: typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [],
    authTime: typeof claims['auth_time'] === 'number' ? claims['auth_time'] : undefined,
  }
  if (!actor.scopes.includes(operation.permission)) return err(insufficientScope(operation.permission))
  return checkStepUp(needs, operation, actor)
}

async function checkStepUp(
  needs: AuthenticateNeeds,
  operation: Pick<Operation, 'dangerous'>,
  actor: Actor,
): Promise<Result<Actor, Problem>> {
  if (!operation.dangerous || actor.type === 'client') return ok(actor)
  const maxAge = (await needs.readSettings())['admin.step_up_max_age_seconds']
  const isRecent = actor.authTime !== undefined && needs.now() / 1000 - actor.authTime <= maxAge
  return isRecent ? ok(actor) : err(stepUpRequired(maxAge))
}
