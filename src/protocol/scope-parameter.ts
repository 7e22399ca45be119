/** The `scope` parameter (RFC 6749 §3.3). */
import { err, ok, type Result } from '../kit/result.ts'
import { type OAuthRefusal, refuse } from './refusal.ts'

/** Scopes defined by OpenID Connect Core §5.4 and §11; they require a user. */
export const identityScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
])

/** Scopes of the admin API; each is the name of a permission. */
export const isAdminScope = (scope: string): boolean => scope.startsWith('admin:')

/** Scopes that this server defines; all others belong to APIs. */
export const isBuiltInScope = (scope: string): boolean => identityScopes.has(scope) || isAdminScope(scope)

/** Whether some of the scopes, or none at all, are about another API than this server. */
export const areForOthers = (scopes: readonly string[]): boolean =>
  scopes.length === 0 || !scopes.every(isBuiltInScope)

/** One scope value. */
export const scopeValuePattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** Scope values separated by single spaces. */
export const scopeListPattern = /^([\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*)?$/
const maxScopes = 64

/** The distinct scope values of a parameter, in the order requested. */
export function parseScope(parameter: string | undefined): Result<readonly string[], OAuthRefusal> {
  if (parameter === undefined) return ok([])
  const scopes = [...new Set(parameter.split(' ').filter((scope) => scope !== ''))]
  if (
    scopes.length > maxScopes ||
    scopes.some((scope) => scope.length > 256 || !scopeValuePattern.test(scope))
  ) {
    return err(refuse('invalid_scope', 'scope is malformed'))
  }
  return ok(scopes)
}

/** Whether every requested value is allowed. */
export const isWithin = (wanted: readonly string[], allowed: readonly string[]): boolean =>
  wanted.every((value) => allowed.includes(value))
