/**
 * The permissions of the admin API. One closed list: a permission is also a value in a role, a scope of a token and an
 * entry of the scope catalog, so that the three can never diverge.
 */
export const permissions = {
  'admin:users:read': 'See all people and their accounts',
  'admin:users:write': 'Create and change accounts',
  'admin:users:delete': 'Delete accounts and erase their data',
  'admin:users:import': 'Create and change many accounts at once',
  'admin:users:export': 'Download all accounts',
  'admin:sessions:read': 'See where people are signed in',
  'admin:sessions:write': 'Sign people out',
  'admin:consents:read': 'See what people allowed applications',
  'admin:consents:write': 'Withdraw what people allowed applications',
  'admin:clients:read': 'See all applications',
  'admin:clients:write': 'Register and change applications and their secrets',
  'admin:clients:delete': 'Delete applications',
  'admin:scopes:read': 'See scopes and resource servers',
  'admin:scopes:write': 'Change scopes and resource servers',
  'admin:keys:read': 'See signing keys',
  'admin:keys:write': 'Rotate and retire signing keys',
  'admin:roles:read': 'See roles and who has them',
  'admin:roles:write': 'Change roles and who has them',
  'admin:settings:read': 'See settings and rate limits',
  'admin:settings:write': 'Change settings and rate limits',
  'admin:stats:read': 'See statistics and status',
  'admin:jobs:read': 'See background jobs',
  'admin:jobs:write': 'Cancel background jobs',
  'admin:webhooks:read': 'See webhooks and what became of their deliveries',
  'admin:webhooks:write': 'Create and change webhooks, test them, send events again',
  'admin:audit:read': 'Read the audit trail',
  'admin:audit:export': 'Export the audit trail',
  'admin:audit:write': 'Apply retention to the audit trail',
} as const satisfies Record<`admin:${string}:${string}`, string>

export type Permission = keyof typeof permissions

/** Those of `scopes` whose permission the person has now. */
export type FindHeldPermissions = (userId: string, scopes: readonly string[]) => Promise<readonly string[]>

export const permissionNames = Object.keys(permissions) as readonly Permission[]

/** Valid role names. */
export const roleNamePattern = /^[a-z][a-z0-9_-]{0,62}$/
