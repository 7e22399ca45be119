/** Selects the claims about a user for a client: by scope (OpenID Connect Core §5.4) or by name (§5.5). */
import { claimsByScope, userClaims } from '../protocol/claims.ts'
import type { User } from '../users/user.ts'

/** The claims covered by scopes and by-name requests, as far as the user has values for them. */
export function selectClaims(
  user: User,
  scopes: readonly string[],
  requested: readonly string[],
): Record<string, unknown> {
  const names = new Set([...scopes.flatMap((scope) => claimsByScope[scope] ?? []), ...requested])
  const selected: Record<string, unknown> = {}
  for (const name of names) {
    const value = userClaims.has(name) ? claimOf(user, name) : undefined
    if (value !== undefined && value !== null && value !== '') selected[name] = value
  }
  return selected
}

function claimOf(user: User, name: string): unknown {
  switch (name) {
    case 'preferred_username':
      return user.username ?? user.profile[name]
    case 'updated_at':
      return Math.floor(user.updated_at / 1000)
    case 'email':
      return user.email
    case 'email_verified':
      return user.email === undefined ? undefined : user.email_verified
    case 'phone_number':
      return user.phone_number
    case 'phone_number_verified':
      return user.phone_number === undefined ? undefined : user.phone_number_verified
    default:
      return user.profile[name]
  }
}
