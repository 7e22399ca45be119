/** Codes, assertions and tokens. */
import type { Fault } from '../../kit/problem.ts'
import { type Demand, fapi, fault, signing } from './demand.ts'

/** §5.4.1. `Ed25519` is the name of RFC 9864 for the one curve of EdDSA that is allowed. */
const fapiAlgs = ['PS256', 'ES256', 'EdDSA', 'Ed25519']

/** Members that name a signature algorithm: `id_token_signed_response_alg`, `token_endpoint_auth_signing_alg` … */
const forbiddenAlgs = (metadata: object): readonly string[] =>
  Object.entries(metadata)
    .filter(([name, alg]) => /_(signed_response|signing)_alg$/.test(name) && typeof alg === 'string')
    .filter(([, alg]) => !fapiAlgs.includes(alg))
    .map(([name]) => name)

export const tokenDemands: readonly Demand[] = [
  {
    id: 'code_lifetime',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1',
    words: 'Authorization codes live for 60 seconds at most',
    profiles: fapi,
    rules: { max_code_ttl_seconds: 60 },
    otherwise: 'Nothing a client registers contradicts it',
    grants: 'None; codes that are under way keep the lifetime they were issued with',
  },
  {
    id: 'assertion_audience',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1',
    words: 'Assertions of clients are for the issuer alone: `aud` is its identifier, as one string',
    profiles: fapi,
    rules: { assertion_audience: 'issuer' },
    otherwise:
      'Refused with `invalid_client` while it names the token endpoint, or an array: nothing shows for what else the assertion counts',
    grants: 'None: the next refresh authenticates with a new assertion',
  },
  {
    id: 'signature_algorithms',
    specification: 'FAPI 2.0 Security Profile §5.4.1',
    words: `JWTs from and for the client are signed with ${fapiAlgs.map((alg) => `\`${alg}\``).join(', ')}`,
    profiles: fapi,
    rules: { signing_algs: fapiAlgs },
    pins: (client) =>
      Object.fromEntries(
        forbiddenAlgs(client)
          // With what the client itself signs is not ours to choose.
          .filter((name) => name.endsWith('_signed_response_alg'))
          .map((name) => [name, 'ES256']),
      ),
    refuses: (metadata): readonly Fault[] =>
      forbiddenAlgs(metadata).map((name) => fault(name, `must be one of ${fapiAlgs.join(', ')}`)),
    otherwise:
      'What we sign for it is signed with ES256; what it signs itself with another algorithm is refused (`invalid_client` for an assertion)',
    grants:
      'Access tokens that are under way stay valid. The next ID and access tokens of a grant may have another algorithm: applications that accept only the old one must learn it first',
  },
  {
    id: 'sender_constraint',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1; RFC 9449, RFC 8705 §3',
    words: 'Access tokens are bound to a key of the client, by DPoP or mutual TLS',
    profiles: fapi,
    rules: { sender_constraint_required: true },
    otherwise: 'Refused with `invalid_request` when it asks for tokens without proof or certificate',
    grants:
      'Access tokens that are under way stay bearer tokens until they expire. Refreshing needs a DPoP proof or a client certificate, and yields bound tokens',
  },
  {
    id: 'refresh_token_kept',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1',
    words: 'A refresh token is not rotated: it stays the same, and every use extends its idle lifetime',
    profiles: fapi,
    rules: { rotates_refresh_tokens: false },
    otherwise: 'Nothing a client registers contradicts it',
    grants:
      'The current refresh token of each grant stays. The one before it is answered within the grace window as before; any older one still revokes the grant',
  },
  {
    id: 'refresh_token_rotated',
    specification: 'OAuth 2.1 §4.3.1; RFC 9700 §4.14.2; MCP Authorization 2025-11-25, Token Theft',
    words: 'Each use of a refresh token replaces it; one that returns later revokes its grant',
    profiles: ['oauth2.1', 'oidc', 'mcp'],
    rules: { rotates_refresh_tokens: true },
    otherwise: 'Nothing a client registers contradicts it',
    grants:
      'The next use of a refresh token replaces it: every copy of it that the application keeps must be replaced too, or its later use revokes the grant',
  },
  {
    id: 'signed_introspection',
    specification: 'FAPI 2.0 Message Signing §5.5; RFC 9701',
    words: 'Introspection answers are signed',
    profiles: signing,
    rules: { signed_introspection_required: true },
    otherwise: 'Nothing a client registers contradicts it',
    grants: 'None: it concerns the client as an API that introspects',
  },
]
