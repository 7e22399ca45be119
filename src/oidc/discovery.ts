/**
 * Server metadata (OpenID Connect Discovery §3, RFC 8414). Derived from the lists the server itself uses, and from
 * the configured issuer; never from request headers, which an attacker may choose.
 */
import { aliasedEndpoints, type MtlsSettings } from '../certificates/mtls-settings.ts'
import { encryptedResponses } from '../clients/encryption.ts'
import { contentEncryptions, decryptionAlgs, encryptionAlgs, signingAlgs } from '../keys/algorithms.ts'
import { supportedLanguages } from '../messages/languages.ts'
import { displays } from '../oauth/authorize/check-display.ts'
import { prompts } from '../oauth/authorize/check-prompt.ts'
import { responseTypes } from '../oauth/authorize/check-response-type.ts'
import { responseModes } from '../oauth/authorize/response-modes/index.ts'
import { offeredAuthenticators } from '../oauth/client-auth/index.ts'
import { grantTypes } from '../oauth/grants/index.ts'
import { userClaims } from '../protocol/claims.ts'
import { assertionSigningAlgs } from '../protocol/client-auth-methods.ts'
import { dpopSigningAlgs } from '../protocol/dpop.ts'
import { codeChallengeMethods } from '../protocol/pkce.ts'
import { identityScopes } from '../protocol/scope-parameter.ts'

/** Of each response that can be encrypted to a client. */
const encryptionMetadata: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  encryptedResponses.flatMap((response) => [
    [`${response}_encryption_alg_values_supported`, encryptionAlgs],
    [`${response}_encryption_enc_values_supported`, contentEncryptions],
  ]),
)

/**
 * The metadata document of `issuer`.
 * @param acrValues what the steps of signing in reach (`reachableClasses`)
 * @param registers whether people can make accounts of their own
 * @param requiresPushed whether every client must push its authorization requests
 * @param mtls undefined: mutual TLS is off
 */
export function serverMetadata(
  issuer: string,
  acrValues: readonly string[],
  registers: boolean,
  requiresPushed = false,
  mtls?: MtlsSettings,
) {
  const authMethods = offeredAuthenticators(mtls).map(({ method }) => method)
  const confidentialMethods = authMethods.filter((method) => method !== 'none')
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
    require_pushed_authorization_requests: requiresPushed,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oidc/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    end_session_endpoint: `${issuer}/oidc/logout`,
    scopes_supported: [...identityScopes],
    response_types_supported: responseTypes,
    response_modes_supported: responseModes.map(({ mode }) => mode),
    grant_types_supported: grantTypes.map(({ type }) => type),
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionSigningAlgs,
    introspection_endpoint_auth_methods_supported: confidentialMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionSigningAlgs,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionSigningAlgs,
    code_challenge_methods_supported: codeChallengeMethods,
    dpop_signing_alg_values_supported: dpopSigningAlgs,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: signingAlgs,
    userinfo_signing_alg_values_supported: signingAlgs,
    authorization_signing_alg_values_supported: signingAlgs,
    introspection_signing_alg_values_supported: signingAlgs,
    ...encryptionMetadata,
    acr_values_supported: acrValues,
    display_values_supported: displays,
    prompt_values_supported: registers ? prompts : prompts.filter((prompt) => prompt !== 'create'),
    claim_types_supported: ['normal'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'azp',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'acr',
      'amr',
      'sid',
      'at_hash',
      ...userClaims,
    ],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    require_signed_request_object: false,
    request_object_signing_alg_values_supported: assertionSigningAlgs,
    request_object_encryption_alg_values_supported: decryptionAlgs,
    request_object_encryption_enc_values_supported: contentEncryptions,
    authorization_response_iss_parameter_supported: true,
    ui_locales_supported: supportedLanguages,
  }
  return mtls ? { ...metadata, ...mtlsMetadata(metadata, mtls) } : metadata
}

/** RFC 8705 §3.3 and §5. Without a host of its own no endpoint has an alias. */
function mtlsMetadata(metadata: Readonly<Record<string, unknown>>, { origin }: MtlsSettings) {
  const aliased = aliasedEndpoints.flatMap((name) => {
    const url = metadata[name]
    return typeof url === 'string' ? [[name, origin + new URL(url).pathname]] : []
  })
  return {
    tls_client_certificate_bound_access_tokens: true,
    ...(origin === metadata['issuer'] ? {} : { mtls_endpoint_aliases: Object.fromEntries(aliased) }),
  }
}
