/**
 * Every kind of audit event there is: the closed list behind `AuditEventType`, docs/audit-events.md, retention and
 * the filters of the admin API. A new kind is one line here. `data` names all keys its events may carry; a change
 * of an entity is in `changes`, not in `data`. Never a secret, a token, a password or their hashes.
 */

/** How long events are kept is decided by class (setting `audit.retention`). */
export const eventClasses = {
  token: 'Tokens issued, refreshed, refused and revoked: many, and of short use',
  authentication: 'Sign-ins, sessions, passwords, refused clients',
  consent: 'What people allowed applications, and took back',
  administration: 'What administrators and service accounts did',
  system: 'What the server does by itself: signing keys, jobs',
  evidence: 'Holes made on purpose and their reasons: kept for ever, or the holes could not be explained',
} as const

export type EventClass = keyof typeof eventClasses

export interface EventDefinition {
  readonly class: EventClass
  readonly says: string
  /** Keys of `data` and what they mean. */
  readonly data?: Readonly<Record<string, string>>
}

const grant_id = 'the grant, one per authorization'
const scopes = 'scope values'
const reason = 'a fixed word'
const method = 'the method that was used'
/** Of an event that stands for several (repeated-events.ts). */
const repeated = {
  count: 'how many it stands for; without it, one',
  first_at: 'the first of them',
  last_at: 'the last of them',
}
const entity = (says: string, more: Readonly<Record<string, string>> = {}): EventDefinition => ({
  class: 'administration',
  says,
  data: more,
})

export const eventDefinitions = {
  'session.created': {
    class: 'authentication',
    says: 'A person signed in',
    data: { acr: 'how strongly (OpenID Connect Core §2)', amr: 'by what (RFC 8176)' },
  },
  'session.ended': { class: 'authentication', says: 'A session ended', data: { reason } },
  'login.failed': {
    class: 'authentication',
    says: 'A sign-in failed',
    data: {
      method,
      failures: 'how many in a row',
      known_device: 'whether the person had signed in there before; such failures are counted apart',
      during: 'what else the password was asked for',
      ...repeated,
    },
  },
  'login.locked': {
    class: 'authentication',
    says: 'Too many failures: sign-in is paused',
    data: {
      ...{ method, retry_after_seconds: 'for how long', during: 'what else the password was asked for' },
      ...repeated,
    },
  },
  'device.forgotten': {
    class: 'authentication',
    says: 'A browser in which a person had signed in counts as unknown again',
    data: { reason: 'removed, too_many_failures or limit' },
  },
  'password.changed': { class: 'authentication', says: 'A person changed their password' },
  'consent.granted': {
    class: 'consent',
    says: 'A person allowed a client something',
    data: { scopes, claims: 'claim names' },
  },
  'consent.denied': { class: 'consent', says: 'A person refused a client' },
  'consent.revoked': { class: 'consent', says: 'A consent was withdrawn', data: { scopes, reason } },
  'token.issued': {
    class: 'token',
    says: 'Tokens were issued',
    data: {
      grant_type: 'the grant type',
      grant_id,
      scopes,
      jti: 'the token id',
      jti_hash: 'SHA-256 of the token id',
      refresh_token: 'whether there is one',
    },
  },
  'token.refreshed': { class: 'token', says: 'A refresh token was rotated', data: { grant_id, scopes } },
  'token.replayed': {
    class: 'token',
    says: 'A refresh was repeated within the grace window and got the same answer',
    data: { grant_id, scopes },
  },
  'token.refresh_reused': {
    class: 'token',
    says: 'A used refresh token came back: the family ended',
    data: { grant_id, scopes },
  },
  'token.revoked': {
    class: 'token',
    says: 'A token or a grant was revoked',
    data: { reason, grant_id, jti_hash: 'SHA-256 of the token id' },
  },
  'code.reused': {
    class: 'token',
    says: 'An authorization code came back: its grant ended',
    data: { grant_id },
  },
  'client.authentication_failed': {
    class: 'authentication',
    says: 'A client could not prove who it is',
    data: { method, reason, ...repeated, client_ids: 'the first five, when there were several' },
  },
  'key.created': {
    class: 'system',
    says: 'A signing key was made',
    data: { kid: 'the key', alg: 'its algorithm', status: 'next or current' },
  },
  'key.activated': {
    class: 'system',
    says: 'A signing key is in use now',
    data: { kid: 'the key', alg: 'its algorithm' },
  },
  'key.retired': {
    class: 'system',
    says: 'A signing key signs no more',
    data: { kid: 'the key', alg: 'its algorithm' },
  },
  'key.removed': {
    class: 'system',
    says: 'A signing key is deleted',
    data: { kid: 'the key', alg: 'its algorithm' },
  },
  'user.created': entity('An account was created'),
  'user.invited': entity('An account was created and its owner invited'),
  'user.updated': entity('An account was changed'),
  'user.disabled': entity('An account was disabled'),
  'user.enabled': entity('An account was enabled'),
  'user.unlocked': entity('Failed sign-ins of an account were forgiven'),
  'user.deleted': entity('An account was deleted'),
  'user.password_reset': entity('A password was reset', {
    method,
    must_change: 'whether it must be changed at sign-in',
  }),
  'user.imported': entity('An account was imported', { job_id: 'the job' }),
  'user.exported': entity('Accounts were downloaded', {
    format: 'file format',
    rows: 'how many',
    filter: 'names of the filters',
  }),
  'admin.access_denied': entity(
    'A live token was refused by the admin API: wrong place, wrong signature, or more than it or its holder may',
    {
      operation: 'what was asked for',
      reason: 'code of the problem',
      detail: 'why',
      target: 'what it was about: the parameters of the path',
      ...repeated,
      client_ids: 'the first five, when there were several',
    },
  ),
  'role.created': entity('A role was created'),
  'role.updated': entity('A role was changed'),
  'role.deleted': entity('A role was deleted'),
  'client.created': entity('A client was registered'),
  'client.updated': entity('A client was changed'),
  'client.deleted': entity('A client was deleted'),
  'client.secret_added': entity('A client has another secret', {
    secret_id: 'the row, never the secret',
    expires_at: 'until when',
  }),
  'client.secret_removed': entity('A secret of a client was removed', {
    secret_id: 'the row, never the secret',
  }),
  'scope.created': entity('A scope was created'),
  'scope.updated': entity('A scope was changed'),
  'scope.deleted': entity('A scope was deleted'),
  'resource_server.created': entity('A resource server was created'),
  'resource_server.updated': entity('A resource server was changed'),
  'resource_server.deleted': entity('A resource server was deleted'),
  'setting.updated': entity('A setting was changed'),
  'rate_limit.updated': entity('A rate-limit policy was changed'),
  'job.created': {
    class: 'system',
    says: 'A background job was started',
    data: { kind: 'what it does', rows: 'rows of the upload' },
  },
  'job.cancelled': {
    class: 'system',
    says: 'A background job was cancelled',
    data: { kind: 'what it does' },
  },
  'job.file_read': entity(
    'A file of a background job was downloaded: results, one-time passwords, an export',
    {
      file: 'which',
    },
  ),
  'job.finished': {
    class: 'system',
    says: 'A background job ended',
    data: {
      kind: 'what it does',
      status: 'how',
      processed: 'rows',
      succeeded: 'rows',
      failed: 'rows',
      total: 'rows',
      detail: 'why it failed',
    },
  },
  'audit.exported': {
    class: 'administration',
    says: 'The audit trail was exported',
    data: { job_id: 'the job', format: 'file format', to: 'where to', filters: 'what was asked for' },
  },
  'audit.events_removed': {
    class: 'evidence',
    says: 'Events of a checkpoint were removed by retention',
    data: {
      event_class: 'the class',
      event_count: 'how many',
      jws: 'the signed statement',
      public_jwk: 'the public key that signed it',
    },
  },
  'audit.personal_data_erased': {
    class: 'evidence',
    says: 'Personal data were erased from the trail',
    data: {
      proof: 'that this server did it',
      jws: 'the signed statement',
      public_jwk: 'the public key that signed it',
    },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>

export type AuditEventType = keyof typeof eventDefinitions

export const auditEventTypes = Object.keys(eventDefinitions) as readonly AuditEventType[]

/** The types of a class: what a retention rule deletes. */
export const typesOf = (eventClass: EventClass): readonly AuditEventType[] =>
  auditEventTypes.filter((type) => eventDefinitions[type].class === eventClass)
