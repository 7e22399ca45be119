/**
 * The rate-limit policies, one row each. `object` policies call their Durable Object every time; `lease` policies take
 * permits in batches and spend them in the isolate, so that the global limit holds at nearly no cost per request.
 * `onFailure` decides when the counter is unavailable.
 */
export interface Policy {
  /** Permits in a full bucket; also the maximum granted in one window. */
  readonly capacity: number
  /** Seconds in which an empty bucket refills. */
  readonly perSeconds: number
  readonly subject: 'ip' | 'client' | 'user' | 'session' | 'device' | 'link' | 'host' | 'deployment'
  readonly mode: 'object' | 'lease'
  readonly onFailure: 'open' | 'closed'
  readonly protects: string
}

export const policies = {
  'login-ip': {
    capacity: 30,
    perSeconds: 300,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'password guessing from one address; a correct password gives its permit back',
  },
  'login-device': {
    capacity: 30,
    perSeconds: 300,
    subject: 'device',
    mode: 'object',
    onFailure: 'closed',
    protects: 'sign-ins on a known device of the account, in place of `login-ip`',
  },
  'password-user': {
    capacity: 10,
    perSeconds: 300,
    subject: 'session',
    mode: 'object',
    onFailure: 'closed',
    protects: 'password changes of one person in one session',
  },
  'export-user': {
    capacity: 5,
    perSeconds: 3600,
    subject: 'user',
    mode: 'object',
    onFailure: 'closed',
    protects: 'downloads of everything that is stored about one person, by that person',
  },
  'password-link': {
    capacity: 30,
    perSeconds: 300,
    subject: 'link',
    mode: 'object',
    onFailure: 'closed',
    protects: 'uses of one link to set a password',
  },
  'code-ip': {
    capacity: 30,
    perSeconds: 900,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'codes sent to people at the request of one address',
  },
  'code-user': {
    capacity: 10,
    perSeconds: 3600,
    subject: 'user',
    mode: 'object',
    onFailure: 'closed',
    protects:
      'codes sent to one account, by whichever identifier; beyond it nothing is sent, and nobody is told',
  },
  'sms-user': {
    capacity: 5,
    perSeconds: 3600,
    subject: 'user',
    mode: 'object',
    onFailure: 'closed',
    protects: 'codes by text message sent to one person',
  },
  'sms-day': {
    capacity: 500,
    perSeconds: 86_400,
    subject: 'deployment',
    mode: 'object',
    onFailure: 'closed',
    protects: 'text messages of the whole deployment in a day (SMS pumping)',
  },
  'register-ip': {
    capacity: 20,
    perSeconds: 3600,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'registrations begun from one address',
  },
  'register-step-ip': {
    capacity: 30,
    perSeconds: 300,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'what registrations of one address send after their message: codes, usernames, credentials',
  },
  'register-calm-ip': {
    capacity: 5,
    perSeconds: 3600,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'registrations of one network without a challenge; beyond it each has to solve one',
  },
  'register-calm': {
    capacity: 200,
    perSeconds: 3600,
    subject: 'deployment',
    mode: 'object',
    onFailure: 'closed',
    protects: 'registrations of the whole deployment without a challenge; beyond it each has to solve one',
  },
  'client-registration-ip': {
    capacity: 30,
    perSeconds: 3600,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'registrations of clients (RFC 7591) from one address',
  },
  'client-registration': {
    capacity: 500,
    perSeconds: 86_400,
    subject: 'deployment',
    mode: 'object',
    onFailure: 'closed',
    protects: 'registrations of clients without an initial access token, of the whole deployment',
  },
  'client-management-ip': {
    capacity: 60,
    perSeconds: 60,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'what clients read and change of their own registration (RFC 7592) from one address',
  },
  'client-document-ip': {
    capacity: 30,
    perSeconds: 300,
    subject: 'ip',
    mode: 'object',
    onFailure: 'closed',
    protects: 'documents of clients that are fetched at the request of one address',
  },
  'client-document-host': {
    capacity: 30,
    perSeconds: 60,
    subject: 'host',
    mode: 'object',
    onFailure: 'closed',
    protects: 'documents of clients that are fetched from one host, which others may want to flood',
  },
  'token-client': {
    capacity: 6000,
    perSeconds: 60,
    subject: 'client',
    mode: 'lease',
    onFailure: 'open',
    protects: 'the token, introspection and revocation endpoints from one client',
  },
  'token-ip-unauthenticated': {
    capacity: 300,
    perSeconds: 60,
    subject: 'ip',
    mode: 'lease',
    onFailure: 'open',
    protects: 'failed client authentication from one address',
  },
  'authorize-ip': {
    capacity: 1200,
    perSeconds: 60,
    subject: 'ip',
    mode: 'lease',
    onFailure: 'open',
    protects: 'the authorization and logout endpoints from one address',
  },
  'admin-actor': {
    capacity: 3000,
    perSeconds: 60,
    subject: 'user',
    mode: 'lease',
    onFailure: 'open',
    protects: 'the admin API from one person or service account',
  },
  'admin-ip-unauthenticated': {
    capacity: 300,
    perSeconds: 60,
    subject: 'ip',
    mode: 'lease',
    onFailure: 'open',
    protects: 'the admin API from guessed, expired, revoked and insufficient tokens from one address',
  },
} as const satisfies Record<string, Policy>

export type PolicyName = keyof typeof policies
export type PolicyOverrides = Partial<Record<PolicyName, { capacity: number; perSeconds: number }>>

/**
 * Parses AUTHLY_RATE_LIMITS: `{"<policy>": {"capacity": n, "per_seconds": n}}`.
 * @throws Error naming the unknown policy or wrong number
 */
export function parsePolicyOverrides(json: string): PolicyOverrides {
  const parsed: unknown = JSON.parse(json)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error('AUTHLY_RATE_LIMITS must be a JSON object')
  }
  const overrides: PolicyOverrides = {}
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (!Object.hasOwn(policies, name)) throw new Error(`AUTHLY_RATE_LIMITS: no policy named ${name}`)
    const { capacity, per_seconds } = (value ?? {}) as { capacity?: unknown; per_seconds?: unknown }
    if (!isPositiveInteger(capacity) || !isPositiveInteger(per_seconds)) {
      throw new Error(`AUTHLY_RATE_LIMITS: ${name} needs positive integers capacity and per_seconds`)
    }
    overrides[name as PolicyName] = { capacity, perSeconds: per_seconds }
  }
  return overrides
}

const isPositiveInteger = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0

/** The current policy: the table's row with the configured limits. */
export const policyInForce = (name: PolicyName, overrides: PolicyOverrides): Policy => ({
  ...policies[name],
  ...overrides[name],
})
