/** The certification plans that Authly is run through, and the clients that each needs. */

export type ClientKind = 'secret' | 'key' | 'certificate' | 'self-registered'

export type Plan = {
  /** Names the plan on the command line, and the suite's callback addresses of this run. */
  readonly id: string
  /** The suite's name of it. */
  readonly name: string
  readonly variant: Readonly<Record<string, string>>
  readonly clients: ClientKind
  /** Members of both clients beside those of their kind. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Modules that fail by what Authly is, with the reason: they fail no run. */
  readonly cannotPass?: Readonly<Record<string, string>>
  /** Its pages run scripts that the suite's own browser does not know. */
  readonly needsChromium?: true
  /** Members that hold an address of the suite, by their path there. */
  readonly addresses?: Readonly<Record<string, string>>
  /** What the clients ask for, where the suite does not say. */
  readonly scope?: string
  /** The API that access tokens are tried on. */
  readonly resource?: string
}

const basic = { server_metadata: 'discovery', client_registration: 'static_client' }
const dynamic = { response_type: 'code' }
const logout = { client_registration: 'static_client', response_type: 'code' }
/** What OpenID Connect Core leaves open and OAuth 2.1 does not: neither PKCE nor nonce. */
const lenient = { require_pkce: false, nonce_optional: true }

const fapi = {
  fapi_profile: 'plain_fapi',
  client_auth_type: 'private_key_jwt',
  sender_constrain: 'dpop',
  openid: 'openid_connect',
}
const openid = { scope: 'openid profile', resource: '/oidc/userinfo' }
/** Tokens without a person's claims: for the admin API, which a member of the staff calls. */
const oauth = { scope: 'admin:clients:read', resource: '/admin/clients' }
const security = {
  name: 'fapi2-security-profile-final-test-plan',
  members: { profile: 'fapi2-security' },
}
const signing = {
  name: 'fapi2-message-signing-final-test-plan',
  members: { profile: 'fapi2-message-signing' },
}
const simple = { authorization_request_type: 'simple' }
const signed = { fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'jarm', ...simple }

export const plans: readonly Plan[] = [
  { id: 'fapi2-security', ...security, ...openid, clients: 'key', variant: { ...fapi, ...simple } },
  {
    ...{ id: 'fapi2-security-oauth', ...security, ...oauth, clients: 'key' },
    variant: { ...fapi, ...simple, openid: 'plain_oauth' },
  },
  { id: 'fapi2-signing', ...signing, ...openid, clients: 'key', variant: { ...fapi, ...signed } },
  {
    ...{ id: 'fapi2-signing-oauth', ...signing, ...oauth, clients: 'key' },
    variant: { ...fapi, ...signed, openid: 'plain_oauth' },
  },
  {
    ...{ id: 'basic', name: 'oidcc-basic-certification-test-plan', clients: 'secret' },
    ...{ variant: basic, members: lenient },
  },
  { id: 'config', name: 'oidcc-config-certification-test-plan', clients: 'secret', variant: {} },
  {
    ...{ id: 'form-post', name: 'oidcc-formpost-basic-certification-test-plan', clients: 'secret' },
    ...{ variant: basic, members: lenient },
  },
  {
    ...{ id: 'rp-logout', name: 'oidcc-rp-initiated-logout-certification-test-plan' },
    ...{ clients: 'secret', variant: logout, members: lenient },
  },
  {
    ...{ id: 'back-channel', name: 'oidcc-backchannel-rp-initiated-logout-certification-test-plan' },
    ...{ clients: 'secret', variant: logout, addresses: { backchannel_logout_uri: 'backchannel_logout' } },
    members: { ...lenient, backchannel_logout_session_required: true },
  },
  {
    ...{ id: 'front-channel', name: 'oidcc-frontchannel-rp-initiated-logout-certification-test-plan' },
    ...{ clients: 'secret', variant: logout, addresses: { frontchannel_logout_uri: 'frontchannel_logout' } },
    members: { ...lenient, frontchannel_logout_session_required: true },
  },
  {
    ...{ id: 'session', name: 'oidcc-session-management-certification-test-plan' },
    ...{ clients: 'secret', variant: logout, members: lenient, needsChromium: true },
  },
  {
    ...{ id: 'third-party', name: 'oidcc-3rdparty-init-login-certification-test-plan' },
    ...{ clients: 'self-registered', variant: dynamic },
  },
  {
    ...{ id: 'dynamic', name: 'oidcc-dynamic-certification-test-plan' },
    ...{ clients: 'self-registered', variant: dynamic },
    cannotPass: {
      'oidcc-discovery-endpoint-verification':
        'the profile demands the implicit grant and response types with it, which OAuth 2.1 has no more',
    },
  },
  {
    ...{ id: 'fapi2-security-mtls', ...security, ...openid, clients: 'certificate' },
    variant: { ...fapi, ...simple, client_auth_type: 'mtls', sender_constrain: 'mtls' },
  },
]
