/**
 * The budget of every operation on a warm isolate: what it may cost at most, in the units that are billed.
 * `io-budgets.worker.test.ts` runs each operation and counts; `docs/io-budgets.md` is generated from here, and
 * `docs/cost.md` turns it into dollars.
 */
export interface Units {
  /** Calls of Durable Objects, those after the response included. */
  readonly objectCalls: number
  readonly postgresRoundTrips: number
  /** Rows of Durable Objects; a key, a value and an alarm are rows too. */
  readonly rowsRead: number
  readonly rowsWritten: number
  /** Audit events that leave with those of other requests (`auditBatch`). */
  readonly sharedEvents: number
  /** By alarms in the next two hours, when nothing else happens in these objects: deliveries, sweeps. */
  readonly later: Later
}

export interface Later {
  readonly alarms: number
  readonly rowsRead: number
  readonly rowsWritten: number
  /** Batches of audit events for Postgres, one round trip each. */
  readonly deliveries: number
}

export interface Budget extends Units {
  readonly operation: string
  readonly note?: string
}

const nothing = { alarms: 0, rowsRead: 0, rowsWritten: 0, deliveries: 0 } as const
const noRows = { rowsRead: 0, rowsWritten: 0, sharedEvents: 0, later: nothing } as const

export const budgets = {
  discovery: { operation: 'discovery', objectCalls: 0, postgresRoundTrips: 0, ...noRows },
  jwks: { operation: 'JWKS', objectCalls: 0, postgresRoundTrips: 0, ...noRows },
  clientCredentials: {
    operation: 'token: client_credentials',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 0, sharedEvents: 1 },
    later: nothing,
    note: 'occasionally a rate-limit lease refill and an audit batch; `private_key_jwt` records its `jti` in one call',
  },
  authorizationCode: {
    operation: 'token: authorization_code',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 3, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
    note: 'one more query if the `claims` parameter requested claims in the ID token',
  },
  refreshToken: {
    operation: 'token: refresh_token',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 1, rowsWritten: 3, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
    note: 'as above',
  },
  idTokenClaims: {
    operation: 'token: authorization_code or refresh_token, claims of scopes in the ID token',
    objectCalls: 1,
    postgresRoundTrips: 1,
    ...{ rowsRead: 1, rowsWritten: 3, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
    note: 'clients with `scope_claims_in_id_token`; while Postgres is unavailable, tokens are issued without these claims',
  },
  introspect: { operation: 'introspect', objectCalls: 1, postgresRoundTrips: 0, ...noRows },
  revoke: {
    operation: 'revoke',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 1, rowsWritten: 3, sharedEvents: 0 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
  },
  silentAuthorize: {
    operation: 'authorize with a live session and remembered consent',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...noRows,
  },
  hostedPage: {
    operation: 'authorize without a session, and the page of sign-in',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...noRows,
    note: 'each of the two requests',
  },
  resumedAuthorize: {
    operation: 'authorize, back from a hosted page',
    objectCalls: 2,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 1, sharedEvents: 0 },
    later: nothing,
    note: 'marks the login in progress as used, in one call',
  },
  userinfo: { operation: 'userinfo', objectCalls: 1, postgresRoundTrips: 1, ...noRows },
  passwordLogin: {
    operation: 'password login on a known device',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 8, rowsWritten: 9, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 3, deliveries: 1 },
    note: 'replaces the session of the browser, with one application signed in; a row more for each other one',
  },
  firstLogin: {
    operation: 'password login on another device',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 13, rowsWritten: 7, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 6, rowsWritten: 2, deliveries: 1 },
    note: 'two before the response; after it, one gives the permit of the address back',
  },
  newPerson: {
    operation: 'the first password login of a person',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 24, rowsWritten: 20, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
    note: 'as above, and creates the tables of their object',
  },
  refusedLogin: {
    operation: 'password login, refused',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 1, rowsWritten: 4, sharedEvents: 1 },
    later: { alarms: 3, rowsRead: 35, rowsWritten: 3, deliveries: 1 },
    note: 'the same for an account that does not exist; occasionally an audit batch',
  },
  oneTimePassword: {
    operation: 'one-time password, the second step of a sign-in on another device',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 6, rowsWritten: 7, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
    note: 'the seeds came with the password; a token with a counter costs one round trip more, after the response',
  },
  recoveryCode: {
    operation: 'recovery code, the second step of a sign-in on another device',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 9, rowsWritten: 6, sharedEvents: 0 },
    later: { alarms: 1, rowsRead: 6, rowsWritten: 2, deliveries: 1 },
    note: 'Postgres uses the code up; with the last one gone nothing else changes',
  },
  askedCode: {
    operation: 'asking for a code by e-mail',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 10, rowsWritten: 15, sharedEvents: 0 },
    later: { alarms: 5, rowsRead: 22, rowsWritten: 9, deliveries: 1 },
    note: 'the first of a destination, which creates the tables of its object; later the message is sent',
  },
  askedCodeOfNobody: {
    operation: 'asking for a code by e-mail, without an account',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 10, rowsWritten: 15, sharedEvents: 0 },
    later: { alarms: 4, rowsRead: 15, rowsWritten: 5, deliveries: 0 },
    note: 'not more and not less than with one; later nothing is sent',
  },
  codeLogin: {
    operation: 'sign-in with a code by e-mail on a known device',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 11, rowsWritten: 11, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 3, deliveries: 1 },
    note: 'the first one verifies the address: one round trip more',
  },
  linkLogin: {
    operation: 'sign-in with a link on a known device',
    objectCalls: 4,
    postgresRoundTrips: 1,
    ...{ rowsRead: 12, rowsWritten: 11, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 3, deliveries: 1 },
    note: 'as above, and reads what the sign-in goes on with',
  },
  refusedCode: {
    operation: 'sign-in with a code by e-mail, refused',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 2, rowsWritten: 3, sharedEvents: 1 },
    later: { alarms: 0, rowsRead: 0, rowsWritten: 0, deliveries: 0 },
    note: 'the same for an account that does not exist',
  },
  openedLink: {
    operation: 'opening a link that signs in',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 0, sharedEvents: 0 },
    later: { alarms: 0, rowsRead: 0, rowsWritten: 0, deliveries: 0 },
    note: 'however often programs open it',
  },
  askedSms: {
    operation: 'asking for a code by text message, within a sign-in',
    objectCalls: 5,
    postgresRoundTrips: 1,
    ...{ rowsRead: 11, rowsWritten: 16, sharedEvents: 0 },
    later: { alarms: 5, rowsRead: 22, rowsWritten: 9, deliveries: 1 },
    note: 'the first of a number; three of the calls count limits, one of them for the whole deployment',
  },
  smsCode: {
    operation: 'code by text message, the second step of a sign-in on another device',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 9, rowsWritten: 7, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
  },
  noticedLogin: {
    operation: 'sign-in with a password on a new device, of which the person is told',
    objectCalls: 4,
    postgresRoundTrips: 2,
    ...{ rowsRead: 7, rowsWritten: 14, sharedEvents: 1 },
    later: { alarms: 3, rowsRead: 39, rowsWritten: 8, deliveries: 2 },
    note: 'the notice is queued after the response, with one round trip for the address',
  },
  disowned: {
    operation: 'this was not me: the press of a notice’s link',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 10, rowsWritten: 9, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 8, rowsWritten: 3, deliveries: 1 },
    note: 'of a person with one session',
  },
  passkeyLogin: {
    operation: 'passkey sign-in',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 9, rowsWritten: 11, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 7, deliveries: 1 },
    note: 'the delivery also hands over the last use and takes the account’s state; of several within a minute, one does',
  },
  firstPasskeyLogin: {
    operation: 'the first passkey sign-in of a person',
    objectCalls: 1,
    postgresRoundTrips: 1,
    ...{ rowsRead: 24, rowsWritten: 23, sharedEvents: 1 },
    later: { alarms: 2, rowsRead: 55, rowsWritten: 5, deliveries: 1 },
    note: 'as above; creates the tables of their object and its copy of the account',
  },
  refusedPasskey: {
    operation: 'passkey sign-in, refused',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 2, rowsWritten: 4, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 5, deliveries: 1 },
    note: 'none of it with a made-up user handle',
  },
  forgedPasskey: {
    operation: 'passkey sign-in with a made-up user handle',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...noRows,
  },
  passkeySecondFactor: {
    operation: 'passkey, the second step of a sign-in on another device',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 17, rowsWritten: 9, sharedEvents: 0 },
    later: { alarms: 1, rowsRead: 6, rowsWritten: 3, deliveries: 1 },
    note: 'the first one of a person reads the account: one round trip',
  },
  rememberedDevice: {
    operation: 'password login on a device that stands for the second factor',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 17, rowsWritten: 13, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 3, deliveries: 1 },
    note: 'as a password login on a known device; a row read for each device, one written that says so of the session',
  },
  setUpFactor: {
    operation: 'setting up a one-time password in a sign-in that demands one',
    objectCalls: 2,
    postgresRoundTrips: 2,
    ...{ rowsRead: 7, rowsWritten: 7, sharedEvents: 1 },
    later: { alarms: 1, rowsRead: 35, rowsWritten: 2, deliveries: 1 },
    note: 'the second round trip stores the recovery codes',
  },
  setUpPasskey: {
    operation: 'setting up a passkey in a sign-in that demands one',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 9, rowsWritten: 9, sharedEvents: 1 },
    later: { alarms: 2, rowsRead: 50, rowsWritten: 4, deliveries: 1 },
    note: 'one call uses the challenge up before Postgres stores the passkey',
  },
  changePassword: {
    operation: 'a new password in a sign-in that demands one',
    objectCalls: 4,
    postgresRoundTrips: 2,
    ...{ rowsRead: 10, rowsWritten: 7, sharedEvents: 1 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 3, deliveries: 1 },
    note: 'two of them count the attempt; the password rules need the names of the account before the hash',
  },
  passkeyOffer: {
    operation: 'the page that offers a passkey after a sign-in',
    objectCalls: 1,
    postgresRoundTrips: 1,
    ...noRows,
  },
  passkeyPutOff: {
    operation: 'putting that offer off',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...noRows,
  },
  passkeyAdded: {
    operation: 'adding a passkey after a sign-in',
    objectCalls: 3,
    postgresRoundTrips: 2,
    ...{ rowsRead: 1, rowsWritten: 1, sharedEvents: 0 },
    later: nothing,
    note: 'reads where a second factor is remembered: every browser is asked again',
  },
  passkeyPage: {
    operation: 'the page of one’s own passkeys',
    objectCalls: 1,
    postgresRoundTrips: 2,
    ...noRows,
    note: 'the account and its factors, and if they may be changed now, the passkeys',
  },
  adminRead: { operation: 'admin read', objectCalls: 1, postgresRoundTrips: 1, ...noRows },
  adminWrite: {
    operation: 'admin write, its audit event included',
    objectCalls: 1,
    postgresRoundTrips: 1,
    ...noRows,
    note: 'changes of cached entities also renew the edge copy; an upload is authorized before it is read',
  },
  adminSigned: {
    operation: 'admin read or write, signed',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 0, rowsWritten: 1, sharedEvents: 0 },
    later: nothing,
    note: 'records the nonce in one call',
  },
  adminSessions: {
    operation: 'admin read or write that reads or ends sessions of a user',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 2, rowsWritten: 0, sharedEvents: 0 },
    later: nothing,
    note: 'resetting a password and removing a one-time password end them too',
  },
  adminTakesAway: {
    operation: 'admin write that takes an account or a passkey away',
    objectCalls: 3,
    postgresRoundTrips: 2,
    ...{ rowsRead: 30, rowsWritten: 17, sharedEvents: 0 },
    later: nothing,
    note: 'the person’s object is told before Postgres, and ends their sessions after it',
  },
  adminCachedWrite: {
    operation: 'admin write of a client, secret, scope, resource server, setting or rate limit',
    objectCalls: 2,
    postgresRoundTrips: 1,
    ...{ rowsRead: 3, rowsWritten: 2, sharedEvents: 0 },
    later: nothing,
    note: 'one call renews the copy in the region',
  },
  adminJudgedWrite: {
    operation: 'admin change of client metadata that is checked as a whole; manual rotation of a key',
    objectCalls: 2,
    postgresRoundTrips: 2,
    ...{ rowsRead: 3, rowsWritten: 2, sharedEvents: 0 },
    later: nothing,
    note: 'reads first, and writes only over the version it read; a sector document is fetched when its address changes',
  },
  adminSendsMessage: {
    operation: 'admin write that sends a message',
    objectCalls: 3,
    postgresRoundTrips: 1,
    ...{ rowsRead: 8, rowsWritten: 11, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 10, rowsWritten: 6, deliveries: 1 },
    note: 'two calls of the destination’s object: the message is stored before the change and released after it; a reset reads the account first: one more round trip',
  },
  passwordSetup: {
    operation: 'setting a password with a link',
    objectCalls: 2,
    postgresRoundTrips: 2,
    ...{ rowsRead: 3, rowsWritten: 1, sharedEvents: 0 },
    later: nothing,
    note: 'the password rules need the names of the account before the hash; every session ends in one call',
  },
  forgedHandle: {
    operation: 'forged code, refresh token, access token or cookie',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...noRows,
  },
  leaseRefill: {
    operation: 'a lease of a rate limit',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 1, rowsWritten: 0, sharedEvents: 0 },
    later: nothing,
    note: 'of an isolate, for 1% of the permits or ten seconds; a bucket that is not nearly full is a row, and an alarm',
  },
  auditBatch: {
    operation: 'a batch of shared audit events',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 2, sharedEvents: 0 },
    later: { alarms: 1, rowsRead: 6, rowsWritten: 1, deliveries: 1 },
    note: 'of an isolate, for 200 events or 100 ms; the alarm delivers the batches of several isolates together',
  },
  anotherAuditBatch: {
    operation: 'another batch before that alarm',
    objectCalls: 1,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 1, sharedEvents: 0 },
    later: { alarms: 0, rowsRead: 2, rowsWritten: 1, deliveries: 0 },
  },
  returningVisitor: {
    operation: 'a sign-in with a live session another day, beyond authorize and code',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 0, sharedEvents: 0 },
    later: { alarms: 2, rowsRead: 35, rowsWritten: 3, deliveries: 0 },
    note: 'notes when the session was used; days later its grant expires',
  },
  expiry: {
    operation: 'all that a sign-in stored expires',
    objectCalls: 0,
    postgresRoundTrips: 0,
    ...{ rowsRead: 0, rowsWritten: 0, sharedEvents: 0 },
    later: { alarms: 3, rowsRead: 85, rowsWritten: 6, deliveries: 0 },
    note: 'days later: session, grant and device one by one, then the storage of the object',
  },
} as const satisfies Record<string, Budget>

/** What is stored in Durable Objects, at most. */
export const storedBytes = {
  /** The object of a person with one session, grant and device. */
  person: 66_000,
} as const
