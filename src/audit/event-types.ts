/**
 * All audit event types: the closed list behind `AuditEventType`, docs/audit-events.md, retention and the filters of
 * the admin API. A new type is one line here. `data` names all keys its events may carry; changes of an entity are in
 * `changes`, not in `data`. Never a secret, a token, a password or their hashes.
 */

/** The class determines how long events are kept (setting `audit.retention`). */
export const eventClasses = {
  token: 'Tokens issued, refreshed, refused and revoked: many, and of interest for a short time',
  authentication: 'Sign-ins, sessions, passwords, refused clients',
  consent: 'Consents that people gave to applications, denied and withdrew',
  administration: 'What administrators and service accounts did',
  system: 'What the server does on its own: signing keys, jobs',
  evidence:
    'Intentional gaps in the trail and their reasons: kept for ever, so that every gap can be explained',
} as const

export type EventClass = keyof typeof eventClasses

export interface EventDefinition {
  readonly class: EventClass
  readonly summary: string
  /** Keys of `data` and what they mean. */
  readonly data?: Readonly<Record<string, string>>
}

const grant_id = 'the grant, one per authorization'
const scopes = 'scope values'
const reason = 'a fixed code'
const method = 'the method that was used'
/** For an event that stands for several (repeated-events.ts). */
const repeated = {
  count: 'number of occurrences that this event stands for; absent: one',
  first_at: 'the first of them',
  last_at: 'the last of them',
}
/** Of a message; never its address or content. */
const message = {
  kind: 'the kind of message',
  channel: 'email or sms',
  provider: 'who took it or was asked to',
  attempts: 'how often it was handed over',
}
/** Of a client that is told of the end of a session. */
const logout = { attempts: 'how often it was tried' }
const entity = (summary: string, more: Readonly<Record<string, string>> = {}): EventDefinition => ({
  class: 'administration',
  summary,
  data: more,
})

export const eventDefinitions = {
  'session.created': {
    class: 'authentication',
    summary: 'A person signed in',
    data: {
      acr: 'authentication context (OpenID Connect Core §2)',
      amr: 'methods used (RFC 8176)',
      signals: 'of a sign-in: network, country, city, known device, round-trip time of its first step',
    },
  },
  'session.ended': { class: 'authentication', summary: 'A session ended', data: { reason } },
  'login.failed': {
    class: 'authentication',
    summary: 'A sign-in failed',
    data: {
      method,
      failures: 'how many in a row',
      known_device: 'whether the person had signed in there before; such failures are counted separately',
      during: 'what else the password was asked for',
      ...repeated,
    },
  },
  'login.locked': {
    class: 'authentication',
    summary: 'Too many failures: sign-in is paused',
    data: {
      ...{
        method,
        retry_after_seconds: 'length of the pause',
        during: 'what else the password was asked for',
      },
      ...repeated,
    },
  },
  'login.ended': {
    class: 'authentication',
    summary: 'A sign-in in progress was ended by an administrator',
    data: { steps: 'what had been proven in it' },
  },
  'device.forgotten': {
    class: 'authentication',
    summary: 'A known device of a person counts as unknown again',
    data: { reason: 'removed, too_many_failures or limit' },
  },
  'device.remembered': {
    class: 'authentication',
    summary: 'A person had their second factor remembered at a browser',
    data: { days: 'for how many days' },
  },
  'device.no_longer_remembered': {
    class: 'authentication',
    summary: 'A browser no longer remembers the second factor of a person',
    data: { reason: 'removed or factor_changed' },
  },
  'password.breached': {
    class: 'authentication',
    summary: 'A password was found in the list of breached ones; its next sign-in asks for another',
  },
  'otp.added': { class: 'authentication', summary: 'A generator of one-time passwords was set up' },
  'otp.renamed': { class: 'authentication', summary: 'A generator of one-time passwords got another name' },
  'otp.removed': { class: 'authentication', summary: 'A generator of one-time passwords was removed' },
  'otp.replayed': {
    class: 'authentication',
    summary: 'A one-time password was presented that had been used already',
  },
  'recovery_codes.created': {
    class: 'authentication',
    summary: 'A person got a new set of recovery codes; those before are void',
    data: { count: 'how many' },
  },
  'recovery_code.used': {
    class: 'authentication',
    summary: 'A person signed in with a recovery code',
    data: { unused: 'how many are left' },
  },
  'recovery.waiting': {
    class: 'authentication',
    summary:
      'Somebody who opened the mailbox of an account, and lost its second factor, waits for it to open without',
    data: { available_at: 'from when it opens' },
  },
  'recovery.stopped': {
    class: 'authentication',
    summary: 'A recovery that waited was stopped',
    data: { reason: 'not_me: a link of its notice; second_factor: a sign-in with one' },
  },
  'recovery.completed': {
    class: 'authentication',
    summary: 'After the waiting period an account was recovered, and its second factors were removed',
  },
  'password.voided': {
    class: 'authentication',
    summary:
      'A password was made void, because whoever reads the mailbox said that a notice was not about them, or undid a change of the address',
    data: { factors: 'how many factors that had been added meanwhile were removed with it' },
  },
  'email.changed': { class: 'authentication', summary: 'A person changed their e-mail address' },
  'email.restored': {
    class: 'authentication',
    summary: 'A change of the e-mail address was undone by who reads the old one',
  },
  'password.changed': { class: 'authentication', summary: 'A person changed their password' },
  'passkey.created': {
    class: 'authentication',
    summary: 'A person made a passkey',
    data: {
      rp_id: 'the domain it works for',
      aaguid: 'model of the authenticator, as it states',
      backup_eligible: 'whether it may be synced to other devices',
      attestation_format: 'format of the verified attestation statement; none: the model is not proven',
    },
  },
  'passkey.renamed': { class: 'authentication', summary: 'A passkey got another name' },
  'passkey.removed': { class: 'authentication', summary: 'A passkey was removed' },
  'passkey.refused': {
    class: 'authentication',
    summary: 'A genuine use of a passkey was refused',
    data: {
      reason: 'counter: it went back, as that of a copy does; backup: its eligibility changed',
      sign_count: 'the counter shown',
      known_sign_count: 'the counter of the last use',
    },
  },
  'consent.granted': {
    class: 'consent',
    summary: 'A person gave consent to a client',
    data: { scopes, claims: 'claim names' },
  },
  'consent.denied': { class: 'consent', summary: 'A person denied consent to a client' },
  'consent.revoked': { class: 'consent', summary: 'A consent was withdrawn', data: { scopes, reason } },
  'token.issued': {
    class: 'token',
    summary: 'Tokens were issued',
    data: {
      grant_type: 'the grant type',
      grant_id,
      scopes,
      jti: 'the token id',
      jti_hash: 'SHA-256 of the token id',
      refresh_token: 'whether one was issued',
    },
  },
  'token.refreshed': {
    class: 'token',
    summary: 'A refresh token was used, and rotated unless the profile of the client keeps it',
    data: { grant_id, scopes, kept: 'true: the refresh token stays the same' },
  },
  'token.replayed': {
    class: 'token',
    summary: 'A refresh was repeated within the grace window and got the same response',
    data: { grant_id, scopes },
  },
  'token.refresh_reused': {
    class: 'token',
    summary: 'A used refresh token was presented again: the family was revoked',
    data: { grant_id, scopes },
  },
  'token.revoked': {
    class: 'token',
    summary: 'A token or a grant was revoked',
    data: { reason, grant_id, jti_hash: 'SHA-256 of the token id' },
  },
  'code.reused': {
    class: 'token',
    summary: 'An authorization code was presented again: its grant was revoked',
    data: { grant_id },
  },
  'client.authentication_failed': {
    class: 'authentication',
    summary: 'A client failed to authenticate',
    data: { method, reason, ...repeated, client_ids: 'the first five, when there were several' },
  },
  'key.created': {
    class: 'system',
    summary: 'A signing key was created',
    data: { kid: 'the key', alg: 'its algorithm', status: 'next or current' },
  },
  'key.activated': {
    class: 'system',
    summary: 'A signing key became the current one',
    data: { kid: 'the key', alg: 'its algorithm' },
  },
  'key.retired': {
    class: 'system',
    summary: 'A signing key was retired: it no longer signs',
    data: { kid: 'the key', alg: 'its algorithm' },
  },
  'key.removed': {
    class: 'system',
    summary: 'A signing key was deleted',
    data: { kid: 'the key', alg: 'its algorithm' },
  },
  'user.created': entity('An account was created'),
  'user.registered': entity('A person made an account of their own', {
    method: 'password or passkey',
    client_id: 'the application they came from',
    terms_version: 'the terms that they accepted',
  }),
  'user.invited': entity('An account was created and its owner invited'),
  'user.updated': entity('An account was changed'),
  'user.data_exported': {
    class: 'authentication',
    summary: 'A person downloaded everything that is stored about them',
  },
  'user.deletion_requested': {
    class: 'administration',
    summary: 'A person asked for their account to be deleted; `changes` says when',
  },
  'user.deletion_cancelled': {
    class: 'administration',
    summary: 'A person kept their account, which was to be deleted',
  },
  'user.disabled': entity('An account was disabled'),
  'user.enabled': entity('An account was enabled'),
  'user.unlocked': entity('An account was unlocked: its failed sign-ins no longer count'),
  'user.deleted': entity('An account was deleted'),
  'user.password_reset': entity('A password was reset', {
    method,
    must_change: 'whether it must be changed at sign-in',
  }),
  'user.factors_reset': entity('Second factors were removed (recorded before the first release)', {
    factors: 'their kinds',
  }),
  'recovery_codes.removed': entity('All recovery codes of an account were removed', {
    unused: 'how many nobody had used',
  }),
  'user.imported': entity('An account was imported', { job_id: 'the job' }),
  'user.exported': entity('Accounts were downloaded', {
    format: 'file format',
    filter: 'names of the filters',
  }),
  'admin.access_denied': entity(
    'A live token was refused by the admin API: wrong address, missing or wrong signature, or insufficient rights of the token or its holder',
    {
      operation: 'the requested operation',
      reason: 'code of the problem',
      detail: 'why',
      target: 'its target: the parameters of the path',
      ...repeated,
      client_ids: 'the first five, when there were several',
    },
  ),
  'role.created': entity('A role was created'),
  'role.updated': entity('A role was changed'),
  'role.deleted': entity('A role was deleted'),
  'client.created': entity('A client was registered'),
  'client.registered': entity('A client registered itself, or was described by its document', {
    profile: 'the profile it follows',
    initial_access_token_id: 'the token it registered with',
  }),
  'client.document_changed': entity('A client described by its document has other redirect URIs or keys'),
  'client.expired': {
    class: 'system',
    summary: 'A registration of a client was deleted, because nobody had used it',
  },
  'initial_access_token.created': entity('A token for registering clients was made'),
  'initial_access_token.deleted': entity('A token for registering clients was deleted'),
  'client.updated': entity('A client was changed'),
  'client.deleted': entity('A client was deleted'),
  'client.secret_added': entity('A secret was added to a client', {
    secret_id: 'id of the secret, never the secret itself',
    expires_at: 'when it expires',
  }),
  'client.secret_removed': entity('A secret of a client was removed', {
    secret_id: 'id of the secret, never the secret itself',
  }),
  'scope.created': entity('A scope was created'),
  'scope.updated': entity('A scope was changed'),
  'scope.deleted': entity('A scope was deleted'),
  'resource_server.created': entity('A resource server was created'),
  'resource_server.updated': entity('A resource server was changed'),
  'resource_server.deleted': entity('A resource server was deleted'),
  'authorization_details_type.created': entity('A type of authorization details was registered'),
  'authorization_details_type.updated': entity('A type of authorization details was changed'),
  'authorization_details_type.deleted': entity('A type of authorization details was deleted'),
  'setting.updated': entity('A setting was changed'),
  'brand_image.updated': entity('A picture of the hosted pages was uploaded', {
    width: 'in pixels',
    height: 'in pixels',
  }),
  'brand_image.deleted': entity('A picture was taken off the hosted pages'),
  'rate_limit.updated': entity('A rate-limit policy was changed'),
  'message.sent': {
    class: 'system',
    summary: 'A message was handed to its provider',
    data: message,
  },
  'message.refused': {
    class: 'system',
    summary: 'A message was refused for good: by the provider, or the server of its recipient',
    data: { ...message, reason: 'code of the provider, such as smtp_550' },
  },
  'message.bounced': {
    class: 'system',
    summary: 'An e-mail came back after its provider had taken it, or its recipient complained',
    data: {
      ...{ kind: 'the kind of message', channel: 'email', provider: 'who reported it' },
      reason: 'permanent, transient or undetermined (a bounce), suppressed, failed, complaint',
    },
  },
  'message.dropped': {
    class: 'system',
    summary: 'A message was deleted unsent',
    data: { ...message, reason: 'expired, or unreadable (sealed under a root secret that is gone)' },
  },
  'logout.delivered': {
    class: 'system',
    summary: 'A client was told that a session has ended (OpenID Connect Back-Channel Logout 1.0)',
    data: logout,
  },
  'logout.refused': {
    class: 'system',
    summary: 'A client refused to hear that a session has ended, or its address may not be called',
    data: { ...logout, reason: 'http_400, or address_refused' },
  },
  'logout.given_up': {
    class: 'system',
    summary: 'A client could not be told within a day that a session has ended',
    data: { ...logout, reason },
  },
  'webhook.created': entity('A webhook endpoint was created', { kind: 'endpoint or listener' }),
  'webhook.updated': entity('A webhook endpoint was changed'),
  'webhook.deleted': entity('A webhook endpoint was deleted'),
  'webhook.enabled': entity('A webhook endpoint was enabled'),
  'webhook.disabled': entity('A webhook endpoint gets no events any more', {
    reason:
      'administrator; gone: it answered 410; failing: it took nothing for five days; authority_lost: whoever answered for it may not read the trail any more',
  }),
  'webhook.secret_rotated': entity('The keys that sign what a webhook endpoint gets were exchanged', {
    expires_at: 'when those before end',
  }),
  'webhook.tested': entity('A test event was sent to a webhook endpoint'),
  'webhook.replayed': entity('Events were sent to a webhook endpoint again', {
    filters: 'which: the kind of replay and its range, or the event',
  }),
  'job.created': {
    class: 'system',
    summary: 'A background job was started',
    data: { kind: 'the kind of job', rows: 'rows of the upload' },
  },
  'job.cancelled': {
    class: 'system',
    summary: 'A background job was cancelled',
    data: { kind: 'the kind of job' },
  },
  'job.file_read': entity(
    'A file of a background job was downloaded: results, one-time passwords, an export',
    {
      file: 'which file',
    },
  ),
  'job.finished': {
    class: 'system',
    summary: 'A background job ended',
    data: {
      kind: 'the kind of job',
      status: 'final status',
      processed: 'rows processed',
      succeeded: 'rows succeeded',
      failed: 'rows failed',
      total: 'number of rows',
      detail: 'why it failed',
    },
  },
  'audit.exported': {
    class: 'administration',
    summary: 'The audit trail was exported',
    data: { job_id: 'the job', format: 'file format', to: 'where to', filters: 'the requested filters' },
  },
  'audit.events_removed': {
    class: 'evidence',
    summary: 'Events of a checkpoint were removed by retention',
    data: {
      event_class: 'the class',
      event_count: 'how many',
      jws: 'the signed statement',
      public_jwk: 'the public key that signed it',
    },
  },
  'audit.personal_data_erased': {
    class: 'evidence',
    summary: 'Personal data were erased from the trail',
    data: {
      proof: 'that this server erased them',
      jws: 'the signed statement',
      public_jwk: 'the public key that signed it',
    },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>

export type AuditEventType = keyof typeof eventDefinitions

export const auditEventTypes = Object.keys(eventDefinitions) as readonly AuditEventType[]

/** The types of a class, which a retention rule deletes. */
export const typesOf = (eventClass: EventClass): readonly AuditEventType[] =>
  auditEventTypes.filter((type) => eventDefinitions[type].class === eventClass)
