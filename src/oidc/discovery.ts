/**
 * Server metadata (OpenID Connect Discovery §3, RFC 8414). Derived from the lists the server itself uses, and from
 * the configured issuer; never from request headers, which an attacker may choose.
 */
import { signingAlgs } from '../keys/algorithms.ts'
import { supportedLanguages } from '../messages/languages.ts'
import { displays } from '../oauth/authorize/check-display.ts'
import { prompts } from '../oauth/authorize/check-prompt.ts'
import { responseTypes } from '../oauth/authorize/check-response-type.ts'
import { responseModes } from '../oauth/authorize/redirect-target.ts'
import { clientAuthenticators } from '../oauth/client-auth/index.ts'
import { grantTypes } from '../oauth/grants/index.ts'
import { userClaims } from '../protocol/claims.ts'
import { assertionSigningAlgs } from '../protocol/client-auth-methods.ts'
import { codeChallengeMethods } from '../protocol/pkce.ts'
import { identityScopes } from '../protocol/scope-parameter.ts'

/** Clients that register themselves (RFC 7591), and that their document describes. */
export interface UnregisteredClients {
  readonly registration: boolean
  readonly documents: boolean
}

export const noneUnregistered: UnregisteredClients = { registration: false, documents: false }

/**
 * The metadata document of `issuer`.
 * @param acrValues what the steps of signing in reach (`reachableClasses`)
 * @param registers whether people can make accounts of their own
 * @param unregistered which clients are taken that no administrator registered
 */
export function serverMetadata(
  issuer: string,
  acrValues: readonly string[],
  registers: boolean,
  unregistered: UnregisteredClients = noneUnregistered,
) {
  const authMethods = clientAuthenticators.map(({ method }) => method)
  const confidentialMethods = authMethods.filter((method) => method !== 'none')
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oidc/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    end_session_endpoint: `${issuer}/oidc/logout`,
    ...(unregistered.registration && { registration_endpoint: `${issuer}/oauth/register` }),
    ...(unregistered.documents && { client_id_metadata_document_supported: true }),
    scopes_supported: [...identityScopes],
    response_types_supported: responseTypes,
    response_modes_supported: responseModes,
    grant_types_supported: grantTypes.map(({ type }) => type),
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionSigningAlgs,
    introspection_endpoint_auth_methods_supported: confidentialMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionSigningAlgs,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionSigningAlgs,
    code_challenge_methods_supported: codeChallengeMethods,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: signingAlgs,
    userinfo_signing_alg_values_supported: signingAlgs,
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
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
    ui_locales_supported: supportedLanguages,
  }
}
