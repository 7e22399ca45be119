/**
 * The I/O budget of every operation on a warm isolate: Durable Object calls and Postgres round trips, at most.
 * `io-budgets.worker.test.ts` runs each operation and counts; `docs/io-budgets.md` is generated from here.
 */
export interface Budget {
  readonly operation: string
  readonly objectCalls: number
  readonly postgresRoundTrips: number
  readonly note?: string
}

export const budgets = {
  discovery: { operation: 'discovery', objectCalls: 0, postgresRoundTrips: 0 },
  jwks: { operation: 'JWKS', objectCalls: 0, postgresRoundTrips: 0 },
  clientCredentials: {
    operation: 'token: client_credentials',
    objectCalls: 0,
    postgresRoundTrips: 0,
    note: 'occasionally a rate-limit lease refill and an audit batch; `private_key_jwt` records its `jti` in one call',
  },
  authorizationCode: {
    operation: 'token: authorization_code',
    objectCalls: 1,
    postgresRoundTrips: 0,
    note: 'one more query if the `claims` parameter requested claims in the ID token',
  },
  refreshToken: {
    operation: 'token: refresh_token',
    objectCalls: 1,
    postgresRoundTrips: 0,
    note: 'as above',
  },
  idTokenClaims: {
    operation: 'token: authorization_code or refresh_token, claims of scopes in the ID token',
    objectCalls: 1,
    postgresRoundTrips: 1,
    note: 'clients with `scope_claims_in_id_token`; while Postgres is unavailable, tokens are issued without these claims',
  },
  introspect: { operation: 'introspect', objectCalls: 1, postgresRoundTrips: 0 },
  revoke: { operation: 'revoke', objectCalls: 1, postgresRoundTrips: 0 },
  silentAuthorize: {
    operation: 'authorize with a live session and remembered consent',
    objectCalls: 1,
    postgresRoundTrips: 0,
  },
  resumedAuthorize: {
    operation: 'authorize, back from a hosted page',
    objectCalls: 2,
    postgresRoundTrips: 0,
    note: 'marks the login in progress as used, in one call',
  },
  userinfo: { operation: 'userinfo', objectCalls: 1, postgresRoundTrips: 1 },
  passwordLogin: { operation: 'password login on a known device', objectCalls: 2, postgresRoundTrips: 1 },
  firstLogin: {
    operation: 'password login on another device',
    objectCalls: 3,
    postgresRoundTrips: 1,
    note: 'two before the response; after it, one gives the permit of the address back',
  },
  refusedLogin: {
    operation: 'password login, refused',
    objectCalls: 2,
    postgresRoundTrips: 1,
    note: 'the same for an account that does not exist; occasionally an audit batch',
  },
  adminRead: { operation: 'admin read', objectCalls: 1, postgresRoundTrips: 1 },
  adminWrite: {
    operation: 'admin write, its audit event included',
    objectCalls: 1,
    postgresRoundTrips: 1,
    note: 'changes of cached entities also renew the edge copy; an upload is authorized before it is read',
  },
  adminSigned: {
    operation: 'admin read or write, signed',
    objectCalls: 2,
    postgresRoundTrips: 1,
    note: 'records the nonce in one call',
  },
  adminSessions: {
    operation: 'admin read or write that reads or ends sessions of a user',
    objectCalls: 2,
    postgresRoundTrips: 1,
    note: 'disabling, deleting and resetting an account end them too',
  },
  adminCachedWrite: {
    operation: 'admin write of a client, secret, scope, resource server, setting or rate limit',
    objectCalls: 2,
    postgresRoundTrips: 1,
    note: 'one call renews the copy in the region',
  },
  adminJudgedWrite: {
    operation: 'admin change of client metadata that is checked as a whole; manual rotation of a key',
    objectCalls: 2,
    postgresRoundTrips: 2,
    note: 'reads first, and writes only over the version it read; a sector document is fetched when its address changes',
  },
  passwordSetup: {
    operation: 'setting a password with a link',
    objectCalls: 2,
    postgresRoundTrips: 2,
    note: 'the password rules need the names of the account before the hash; every session ends in one call',
  },
  forgedHandle: {
    operation: 'forged code, refresh token, access token or cookie',
    objectCalls: 0,
    postgresRoundTrips: 0,
  },
} as const satisfies Record<string, Budget>
