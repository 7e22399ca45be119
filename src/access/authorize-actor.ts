/** The only place that creates an `Authorized`; for the authentication of requests only. */
import { isAdminScope } from '../protocol/scope-parameter.ts'
import type { Actor, Caller } from './actor.ts'
import type { Authorized } from './authorized.ts'
import type { Permission } from './permissions.ts'

/**
 * Checks that the token carries the permission; Postgres checks that its holder has it.
 * @param caller of a token that was found to be live
 */
export function authorize(
  { type, id, clientId, scopes, reached }: Actor & Pick<Caller, 'scopes' | 'reached'>,
  permission: Permission,
): Authorized | undefined {
  if (!scopes.includes(permission)) return undefined
  const authorized: Pick<Authorized, 'actor' | 'scopes' | 'permission' | 'reached'> = {
    actor: { type, id, clientId },
    scopes: scopes.filter(isAdminScope),
    permission,
    ...(reached && { reached }),
  }
  return authorized as Authorized
}
