/** The only maker of an `Authorized`: for who authenticates requests, and nobody else. */
import type { Actor, Caller } from './actor.ts'
import type { Authorized } from './authorized.ts'
import type { Permission } from './permissions.ts'

/**
 * Whether the token brings the permission; whether its holder has it, Postgres says.
 * @param caller of a token that was found alive
 */
export function authorize(
  { type, id, clientId, scopes }: Actor & Pick<Caller, 'scopes'>,
  permission: Permission,
): Authorized | undefined {
  if (!scopes.includes(permission)) return undefined
  const authorized: Pick<Authorized, 'actor' | 'scopes' | 'permission'> = {
    actor: { type, id, clientId },
    scopes: scopes.filter((scope) => scope.startsWith('admin:')),
    permission,
  }
  return authorized as Authorized
}
